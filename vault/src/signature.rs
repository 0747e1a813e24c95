//! Signatures of texts by a machine's own key (Ed25519, RFC 8032).

use std::fmt;
use std::io;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The secret of a signer: 32 random bytes, wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Signer([u8; 32]);

impl Signer {
    /// A new secret from the system's random numbers.
    pub fn generate() -> io::Result<Self> {
        let mut signer = Signer([0; 32]);
        getrandom::fill(&mut signer.0).map_err(|error| {
            io::Error::other(format!("the system gives no random numbers: {error}"))
        })?;
        Ok(signer)
    }

    /// The signer with this secret.
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Signer(secret)
    }

    /// Its secret. **Whoever has it signs as this machine.**
    pub fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    /// By which its signatures are checked.
    pub fn public(&self) -> [u8; 32] {
        let mut public = [0; 32];
        public.copy_from_slice(self.pair().public_key().as_ref());
        public
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair().sign(message).as_ref());
        signature
    }

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.0).expect("any 32 bytes are a secret of Ed25519")
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Signer(…)")
    }
}

/// Whether whoever has the secret of `public` signed exactly these bytes.
pub fn verify(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 section 7.1, test 1.
    #[test]
    fn the_vector_of_the_standard_signs_as_it_says() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len() / 2)
                .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
                .collect()
        };
        let secret = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let signer = Signer::from_secret(secret.try_into().unwrap());
        let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(signer.public().to_vec(), public);
        let signature =
            hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac\
             c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        assert_eq!(signer.sign(b"").to_vec(), signature);
        assert!(verify(&signer.public(), b"", &signature));
        assert_eq!(format!("{signer:?}"), "Signer(…)");
    }

    #[test]
    fn another_text_another_key_and_another_signature_are_refused() {
        let (signer, other) = (Signer::generate().unwrap(), Signer::generate().unwrap());
        let mut signature = signer.sign(b"text");
        assert!(verify(&signer.public(), b"text", &signature));
        assert!(!verify(&signer.public(), b"texts", &signature));
        assert!(!verify(&other.public(), b"text", &signature));
        assert!(!verify(&signer.public(), b"text", &signature[..63]));
        signature[0] ^= 1;
        assert!(!verify(&signer.public(), b"text", &signature));
    }
}
