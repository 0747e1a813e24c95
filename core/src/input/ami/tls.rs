//! TLS to Asterisk (`tlsenable = yes` in manager.conf). An edge: it reads the
//! authorities' file and shakes hands.
//!
//! Whom to trust is said in one of three ways: a file of authorities, whose
//! certificates and those they signed for this host are good; a certificate
//! of its own in that file, or its fingerprint, which is good whatever it says
//! (a self-signed one); neither, and the system's authorities count.

use std::io::{ErrorKind, Read, Result as IoResult, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme, StreamOwned,
};
use sha2::{Digest, Sha256};

use crate::base::{Error, Kind, Result};
use crate::input::ami::client::{Dial, Link, Tcp};
use crate::input::ami::down::Down;
use crate::input::ami::trust::{Fingerprint, Trust};

/// Where systems keep the authorities they trust.
const SYSTEM: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
/// For the whole handshake's reads and writes, each.
const PATIENCE: Duration = Duration::from_secs(5);

/// TLS over TCP.
#[derive(Debug)]
pub struct Tls {
    tcp: Tcp,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
}

impl Tls {
    /// Errors: [`Kind::Invalid`] for a host that can stand in no certificate
    /// and for a file without one; what reading it says.
    pub fn new(tcp: Tcp, trust: &Trust) -> Result<Tls> {
        let wrong = |what: String| Error::new(Kind::Invalid, what);
        let name = ServerName::try_from(tcp.host.clone())
            .map_err(|_| wrong(format!("{:?} is no name of a host", tcp.host)))?;
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(Verifier::new(trust, &provider)?);
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(format!("TLS can't be had: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        Ok(Tls { tcp, name, config: Arc::new(config), verifier })
    }

    /// What went wrong in the handshake, with what to do.
    fn why(&self, error: &std::io::Error) -> Down {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let shown = self.verifier.shown();
        let words = match inner {
            Some(rustls::Error::InvalidCertificate(fault)) => certificate_fault(fault, shown),
            Some(rustls::Error::InvalidMessage(_)) => {
                "what answers there does not speak TLS; is it the port of tlsbindaddr, and \
                 tlsenable = yes in manager.conf?"
                    .to_owned()
            }
            Some(rustls::Error::AlertReceived(alert)) => {
                format!("Asterisk refused the handshake: {alert:?}")
            }
            Some(other) => other.to_string(),
            None if is_silence(error) => format!(
                "no answer to the handshake within {} s; does the port speak TLS?",
                PATIENCE.as_secs()
            ),
            None if error.kind() == ErrorKind::UnexpectedEof => {
                "Asterisk closed the connection during the handshake; see tlscertfile and \
                 tlsprivatekey in manager.conf"
                    .to_owned()
            }
            None => error.to_string(),
        };
        Down::NoTls(words)
    }
}

impl Dial for Tls {
    fn dial(&mut self) -> std::result::Result<Box<dyn Link>, Down> {
        let mut stream = self.tcp.connect()?;
        let unreachable = |error: std::io::Error| Down::Unreachable(error.to_string());
        stream.set_nonblocking(false).map_err(unreachable)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(unreachable)?;
        let session = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let mut session = session.map_err(|error| Down::NoTls(error.to_string()))?;
        while session.is_handshaking() {
            session.complete_io(&mut stream).map_err(|error| self.why(&error))?;
        }
        stream.set_nonblocking(true).map_err(unreachable)?;
        Ok(Box::new(Encrypted(StreamOwned::new(session, stream))))
    }
}

fn is_silence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A fault of a certificate in words, and its fingerprint where that helps.
fn certificate_fault(fault: &CertificateError, shown: Option<Fingerprint>) -> String {
    let print = shown.map(|print| print.to_string()).unwrap_or_default();
    match fault {
        CertificateError::ApplicationVerificationFailure => {
            format!("the certificate is another one than ami.fingerprint says: its own is {print}")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired; make a new one, or set this machine's clock".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet; is this machine's clock right?".to_owned()
        }
        CertificateError::NotValidForName => "the certificate is for another host".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => format!(
            "the certificate is for {}, not for {}; connect by that name, or name its fingerprint",
            if presented.is_empty() { "no host at all".to_owned() } else { presented.join(", ") },
            expected.to_str()
        ),
        CertificateError::UnknownIssuer => format!(
            "the certificate is of no authority that is trusted; name its authority's file in \
             ami.ca, or, if this is your Asterisk's, its fingerprint in ami.fingerprint: {print}"
        ),
        CertificateError::Other(_) => format!(
            "the certificate signs itself; if it is your Asterisk's, name the file with it in \
             ami.ca, or its fingerprint in ami.fingerprint: {print}"
        ),
        other => format!("the certificate is not good: {other}"),
    }
}

/// Who may be at the other end.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are good by themselves.
    own: Vec<CertificateDer<'static>>,
    fingerprint: Option<Fingerprint>,
    /// The one shown last; for the message of a refusal.
    // Held for a copy.
    shown: Mutex<Option<Fingerprint>>,
}

impl Verifier {
    fn new(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Verifier> {
        let mut verifier = Verifier {
            provider: Arc::clone(provider),
            authorities: None,
            own: Vec::new(),
            fingerprint: trust.fingerprint,
            shown: Mutex::new(None),
        };
        if trust.fingerprint.is_some() {
            return Ok(verifier);
        }
        let certificates = match &trust.ca {
            Some(path) => {
                let found = certificates(path)?;
                verifier.own.clone_from(&found);
                found
            }
            None => {
                let system = SYSTEM.iter().map(Path::new).find(|path| path.exists());
                system.map(certificates).transpose()?.unwrap_or_default()
            }
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates);
        if !roots.is_empty() {
            let built =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
            let built = built.build().map_err(|error| {
                Error::new(Kind::Invalid, format!("the authorities can't be used: {error}"))
            })?;
            verifier.authorities = Some(built);
        }
        Ok(verifier)
    }

    fn shown(&self) -> Option<Fingerprint> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The certificates of a PEM file.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let wrong = |what: &dyn std::fmt::Display| {
        let what = format!("can't take the certificates of {}: {what}", path.display());
        Error::new(Kind::Invalid, what)
    };
    let found: std::result::Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?.collect();
    let found = found.map_err(|error| wrong(&error))?;
    if found.is_empty() {
        return Err(wrong(&"there is none; it must be PEM"));
    }
    Ok(found)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let print = Fingerprint(Sha256::digest(end_entity).into());
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(print);
        if let Some(wanted) = self.fingerprint {
            let fault = CertificateError::ApplicationVerificationFailure;
            let good = wanted == print;
            return if good { Ok(ServerCertVerified::assertion()) } else { Err(fault.into()) };
        }
        if self.own.iter().any(|own| **own == **end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.authorities {
            Some(authorities) => {
                authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The connection; waits are those of its socket.
#[derive(Debug)]
struct Encrypted(StreamOwned<ClientConnection, TcpStream>);

impl Read for Encrypted {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        match self.0.read(into) {
            // Asterisk closes without taking leave.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
            other => other,
        }
    }
}

impl Write for Encrypted {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> IoResult<()> {
        self.0.flush()
    }
}

impl AsFd for Encrypted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.sock.as_fd()
    }
}
