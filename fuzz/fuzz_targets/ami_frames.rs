#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchroom_core::input::ami::fuzz::frames(bytes));
