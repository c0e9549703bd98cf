// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// A client and a server on the crate native-tls, whose side of Windows is the crate schannel: what
// cargo, rustup and reqwest do. Everything goes through native-tls' documented interface.
//
//   native_tls_peer client HOST PORT NAME [OPTION VALUE]...
//       root FILE, identity FILE (PFX, password "secret"), max 1.1, min 1.2, alpn A,B, send N, get PATH,
//       trust anything | any-name | only-roots
//   native_tls_peer server FILE [OPTION VALUE]...
//       times N (connections, one after another), max, min
use native_tls::{Certificate, HandshakeError, Identity, Protocol, TlsAcceptor, TlsConnector, TlsStream};
use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

type Outcome = Result<(), Box<dyn Error>>;

fn version(name: &str) -> Option<Protocol> {
    match name {
        "1.0" => Some(Protocol::Tlsv10),
        "1.1" => Some(Protocol::Tlsv11),
        "1.2" => Some(Protocol::Tlsv12),
        _ => panic!("no version {}", name),
    }
}

fn identity(file: &str) -> Result<Identity, Box<dyn Error>> {
    Ok(Identity::from_pkcs12(&fs::read(file)?, "secret")?)
}

fn options(list: &[String]) -> impl Iterator<Item = (&str, &str)> {
    list.chunks(2).map(|pair| (pair[0].as_str(), pair.get(1).expect("a value").as_str()))
}

// What cannot be foretold is filled with something that does not repeat within a record.
fn pattern(length: usize, start: usize) -> Vec<u8> {
    (start..start + length).map(|i| (i.wrapping_mul(2654435761) >> 13) as u8).collect()
}

// Everything there and back, in pieces that are no multiple of a record.
fn echoed(stream: &mut TlsStream<TcpStream>, total: usize) -> io::Result<()> {
    let mut done = 0;
    while done < total {
        let sent = pattern((total - done).min(50_000), done);
        let mut got = vec![0; sent.len()];
        stream.write_all(&sent)?;
        stream.flush()?;
        stream.read_exact(&mut got)?;
        if sent != got {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "other bytes came back"));
        }
        done += sent.len();
    }
    println!("echoed {}", total);
    Ok(())
}

fn facts(stream: &TlsStream<TcpStream>) -> Outcome {
    let alpn = stream.negotiated_alpn()?.map_or("none".into(), |name| String::from_utf8_lossy(&name).into_owned());
    let peer = stream.peer_certificate()?.map_or(Ok(0), |one| one.to_der().map(|der| der.len()))?;
    println!("connected alpn={} peer={}", alpn, peer);
    Ok(())
}

fn client(arguments: &[String]) -> Outcome {
    let mut builder = TlsConnector::builder();
    let (mut send, mut get) = (None, None);
    for (name, value) in options(&arguments[3..]) {
        match name {
            "root" => {
                builder.add_root_certificate(Certificate::from_pem(&fs::read(value)?)?);
            }
            "identity" => {
                builder.identity(identity(value)?);
            }
            "max" => {
                builder.max_protocol_version(version(value));
            }
            "min" => {
                builder.min_protocol_version(version(value));
            }
            "alpn" => {
                builder.request_alpns(&value.split(',').collect::<Vec<_>>());
            }
            "trust" => match value {
                "anything" => {
                    builder.danger_accept_invalid_certs(true);
                }
                "any-name" => {
                    builder.danger_accept_invalid_hostnames(true);
                }
                _ => {
                    builder.disable_built_in_roots(true);
                }
            },
            "send" => send = Some(value.parse()?),
            "get" => get = Some(value),
            _ => panic!("no option {}", name),
        }
    }
    let socket = TcpStream::connect((arguments[0].as_str(), arguments[1].parse::<u16>()?))?;
    let mut stream = builder.build()?.connect(&arguments[2], socket)?;
    facts(&stream)?;
    if let Some(total) = send {
        echoed(&mut stream, total)?;
    }
    if let Some(path) = get {
        write!(stream, "GET {} HTTP/1.0\r\n\r\n", path)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let head = answer.windows(4).position(|at| at == b"\r\n\r\n").ok_or("no answer")?;
        fs::write("native_tls_peer.out", &answer[head + 4..])?;
        println!("got {}", answer.len() - head - 4);
    }
    stream.shutdown()?;
    println!("shut down");
    Ok(())
}

fn serve(acceptor: &TlsAcceptor, socket: TcpStream) -> Outcome {
    let mut stream = match acceptor.accept(socket) {
        Ok(stream) => stream,
        Err(HandshakeError::Failure(e)) => return Err(e.into()),
        Err(HandshakeError::WouldBlock(_)) => panic!("the socket blocks"),
    };
    facts(&stream)?;
    let (mut bytes, mut total) = (vec![0; 40_000], 0);
    loop {
        let length = stream.read(&mut bytes)?;
        if length == 0 {
            break;
        }
        stream.write_all(&bytes[..length])?;
        stream.flush()?;
        total += length;
    }
    stream.shutdown()?;
    println!("served {}", total);
    Ok(())
}

fn server(arguments: &[String]) -> Outcome {
    let mut builder = TlsAcceptor::builder(identity(&arguments[0])?);
    let mut times = 1;
    for (name, value) in options(&arguments[1..]) {
        match name {
            "times" => times = value.parse()?,
            "max" => {
                builder.max_protocol_version(version(value));
            }
            "min" => {
                builder.min_protocol_version(version(value));
            }
            _ => panic!("no option {}", name),
        }
    }
    let acceptor = builder.build()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("port {}", listener.local_addr()?.port());
    for _ in 0..times {
        if let Err(e) = serve(&acceptor, listener.accept()?.0) {
            println!("{}", described(&*e));
        }
    }
    Ok(())
}

// Wine has no text for most of these numbers.
fn described(error: &dyn Error) -> String {
    let text = format!("{} {:?}", error, error);
    match text.split("code: -").nth(1).and_then(|rest| rest.split(',').next()?.parse::<i64>().ok()) {
        Some(code) => format!("{:08X}", -code as i32),
        None => error.to_string(),
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("client") if arguments.len() >= 4 => client(&arguments[1..]),
        Some("server") if arguments.len() >= 2 => server(&arguments[1..]),
        _ => panic!("client or server, and what they need"),
    };
    if let Err(e) = outcome {
        println!("{}", described(&*e));
        std::process::exit(1);
    }
}
