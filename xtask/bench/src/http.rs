//! The generator's half of HTTP/1.1: one connection that stays, requests that were built before,
//! and as little reading of answers as will do. A whole client would cost more than what is
//! measured.

use anyhow::{Context, Result, bail, ensure};
use httparse::{EMPTY_HEADER, Response, Status};
use std::{net::SocketAddr, ops::Range};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// More headers than the server sends.
const HEADERS: usize = 32;
/// A buffer that grew beyond this, in bytes, is given back: ten thousand are open at once.
const KEPT: usize = 16 * 1024;

/// A connection that is kept alive.
pub struct Connection {
    stream: TcpStream,
    /// The answer as it came.
    raw: Vec<u8>,
    /// The body of an answer that came in chunks, put together.
    whole: Vec<u8>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: u16,
    /// The status line and the headers as they came.
    pub head: &'a [u8],
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Refuses anything but 200.
    ///
    /// # Errors
    /// With what was answered instead.
    pub fn succeed(&self) -> Result<()> {
        let said = || String::from_utf8_lossy(self.body.get(..200).unwrap_or(self.body));
        ensure!(self.status == 200, "answered with {}: {}", self.status, said());
        Ok(())
    }

    /// The headers, without those that every server writes itself.
    ///
    /// # Errors
    /// If the head is none.
    pub fn headers(&self) -> Result<Vec<(String, String)>> {
        let mut headers = [EMPTY_HEADER; HEADERS];
        let mut head = Response::new(&mut headers);
        head.parse(self.head)?;
        let own = ["date", "content-length", "connection", "transfer-encoding"];
        let others = head
            .headers
            .iter()
            .filter(|header| !own.iter().any(|name| header.name.eq_ignore_ascii_case(name)));
        let text = |header: &httparse::Header| {
            Ok((header.name.to_owned(), std::str::from_utf8(header.value)?.to_owned()))
        };
        others.map(text).collect()
    }
}

/// How the end of a body is told.
enum Framing {
    Length(usize),
    Chunks,
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// If nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, raw: Vec::new(), whole: Vec::new() })
    }

    /// Sends these bytes and reads the answer.
    ///
    /// # Errors
    /// If the connection breaks, or what comes is no HTTP/1.1.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.send(request).await?;
        self.answer().await
    }

    /// Sends these bytes; the answer is to be read by [`Connection::answer`].
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn send(&mut self, request: &[u8]) -> Result<()> {
        self.stream.write_all(request).await.context("sending")
    }

    /// Reads the next answer.
    ///
    /// # Errors
    /// If the connection breaks, or what comes is no HTTP/1.1.
    pub async fn answer(&mut self) -> Result<Answer<'_>> {
        for buffer in [&mut self.raw, &mut self.whole] {
            buffer.clear();
            buffer.shrink_to(KEPT);
        }
        let (head, status, framing) = loop {
            self.more().await?;
            if let Some(found) = head(&self.raw)? {
                break found;
            }
        };
        let body = match framing {
            Framing::Length(length) => {
                while self.raw.len() < head + length {
                    self.more().await?;
                }
                &self.raw[head..head + length]
            }
            Framing::Chunks => {
                self.chunks(head).await?;
                &self.whole
            }
        };
        Ok(Answer { status, head: &self.raw[..head], body })
    }

    async fn more(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.raw).await.context("receiving")?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }

    /// Puts the chunks that begin here together.
    async fn chunks(&mut self, mut at: usize) -> Result<()> {
        loop {
            match chunk(&self.raw[at..])? {
                None => self.more().await?,
                Some(data) => {
                    let (begin, end) = (at + data.start, at + data.end);
                    // With the line end behind it.
                    while self.raw.len() < end + 2 {
                        self.more().await?;
                    }
                    self.whole.extend_from_slice(&self.raw[begin..end]);
                    at = end + 2;
                    if data.is_empty() {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// Where the head ends, its status and the body's framing, once it is whole.
fn head(raw: &[u8]) -> Result<Option<(usize, u16, Framing)>> {
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut head = Response::new(&mut headers);
    let Status::Complete(end) = head.parse(raw).context("an answer's head")? else {
        return Ok(None);
    };
    for header in head.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = std::str::from_utf8(header.value)?.trim().parse()?;
            return Ok(Some((end, head.code.unwrap_or_default(), Framing::Length(length))));
        }
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Ok(Some((end, head.code.unwrap_or_default(), Framing::Chunks)));
        }
    }
    bail!("an answer does not tell where it ends");
}

/// The data of a chunk that begins here, once its size has come.
fn chunk(raw: &[u8]) -> Result<Option<Range<usize>>> {
    match httparse::parse_chunk_size(raw) {
        Ok(Status::Complete((begin, size))) => Ok(Some(begin..begin + usize::try_from(size)?)),
        Ok(Status::Partial) => Ok(None),
        Err(_) => bail!("a chunk has no size"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn answers_of_both_framings_are_read_from_one_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let parts: [&[u8]; 5] = [
                b"HTTP/1.1 200 OK\r\nContent-Le",
                b"ngth: 4\r\nX-Own: a\r\n\r\nnu",
                b"ll",
                b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r",
                b"\n2\r\nde\r\n0\r\n\r\n",
            ];
            for (number, part) in parts.iter().enumerate() {
                if [0, 3].contains(&number) {
                    stream.read_exact(&mut [0; 1]).await.unwrap();
                }
                stream.write_all(part).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut connection = Connection::open(address).await.unwrap();
        let first = connection.ask(b"a").await.unwrap();
        assert_eq!((first.status, first.body), (200, &b"null"[..]));
        assert_eq!(first.headers().unwrap(), [("X-Own".to_owned(), "a".to_owned())]);
        let second = connection.ask(b"b").await.unwrap();
        assert_eq!((second.status, second.body), (503, &b"abcde"[..]));
        assert!(second.succeed().is_err());
    }
}
