#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchroom_core::input::queue_log::fuzz::stream(bytes));
