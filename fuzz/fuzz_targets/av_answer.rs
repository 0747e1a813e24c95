#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchroom::audiovault::fuzz::remote(bytes));
