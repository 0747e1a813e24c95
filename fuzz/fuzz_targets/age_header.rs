#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchroom_vault::age::fuzz::header(bytes));
