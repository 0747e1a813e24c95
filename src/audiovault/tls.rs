//! TLS of this service: its own certificate for those who come, and whom to
//! trust when it asks another.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::base::{Error, Kind, Result};

#[cfg(feature = "tls")]
mod with {
    use std::path::Path;
    use std::sync::Arc;

    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned};

    use super::*;
    use crate::base::error::io;

    /// Where systems keep the authorities they trust.
    const SYSTEM: [&str; 3] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ];

    /// A certificate with its key, for HTTPS of one's own.
    #[derive(Clone)]
    pub struct Certificate(tokio_rustls::TlsAcceptor);

    impl std::fmt::Debug for Certificate {
        fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("Certificate")
        }
    }

    impl Certificate {
        /// Reads a PEM file of certificates, the own one first, and one of its key.
        ///
        /// Errors: what reading them says; [`Kind::Invalid`] when they do not
        /// belong together.
        pub fn read(certificates: &Path, key: &Path) -> Result<Certificate> {
            let text = |path: &Path| {
                std::fs::read(path)
                    .map_err(|error| io(format!("can't read {}", path.display()), error))
            };
            let wrong = |path: &Path, what: &str| {
                Error::new(Kind::Invalid, format!("{}: {what}", path.display()))
            };
            let chain: std::result::Result<Vec<_>, _> =
                CertificateDer::pem_slice_iter(&text(certificates)?).collect();
            let chain = chain.ok().filter(|chain| !chain.is_empty());
            let chain =
                chain.ok_or_else(|| wrong(certificates, "there is no PEM certificate in it"))?;
            let key_bytes = zeroize::Zeroizing::new(text(key)?);
            let secret = PrivateKeyDer::from_pem_slice(&key_bytes)
                .map_err(|_| wrong(key, "there is no PEM private key in it"))?;
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let mut config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
                .map_err(|error| wrong(certificates, &format!("it can't be used: {error}")))?;
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            Ok(Certificate(Arc::new(config).into()))
        }

        pub(in crate::audiovault) async fn shaken<S>(
            &self,
            stream: S,
        ) -> std::io::Result<tokio_rustls::server::TlsStream<S>>
        where
            S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
        {
            self.0.accept(stream).await
        }
    }

    pub(in crate::audiovault) fn dialled(
        mut stream: TcpStream,
        host: &str,
    ) -> std::result::Result<impl Read + Write, String> {
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| "no name of a host".to_owned())?;
        let mut roots = RootCertStore::empty();
        for file in SYSTEM {
            let Ok(bytes) = std::fs::read(file) else { continue };
            roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&bytes).flatten());
            break;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut session =
            ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
        while session.is_handshaking() {
            session.complete_io(&mut stream).map_err(|error| error.to_string())?;
        }
        Ok(StreamOwned::new(session, stream))
    }
}

#[cfg(not(feature = "tls"))]
mod with {
    use std::path::Path;

    use super::*;

    /// This program was built without TLS: there is none.
    #[derive(Clone, Debug)]
    pub struct Certificate(std::convert::Infallible);

    impl Certificate {
        /// Errors: [`Kind::Invalid`], always.
        pub fn read(_certificates: &Path, _key: &Path) -> Result<Certificate> {
            Err(Error::new(Kind::Invalid, "this program was built without TLS; use a proxy"))
        }

        pub(in crate::audiovault) async fn shaken<S>(&self, stream: S) -> std::io::Result<S> {
            std::future::ready(()).await;
            // None was ever made.
            drop(stream);
            match self.0 {}
        }
    }

    pub(in crate::audiovault) fn dialled(
        _stream: TcpStream,
        _host: &str,
    ) -> std::result::Result<TcpStream, String> {
        Err("this program was built without TLS".to_owned())
    }
}

pub use with::Certificate;
pub(in crate::audiovault) use with::dialled;
