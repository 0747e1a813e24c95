//! Files sealed in the age v1 format (age-encryption.org/v1, C2SP `age.md`).
