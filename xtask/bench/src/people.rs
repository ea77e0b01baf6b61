//! People of a generated database, and what they ask.

use crate::http::{Answer, Connection};
use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};
use std::{fmt::Write, net::SocketAddr, time::Duration};

/// A person with a session, by number: what is generated is the same every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person(pub i64);

impl Person {
    /// The token of their session. Whoever reads this file has it: a generated database is for
    /// measuring alone.
    pub fn token(self) -> [u8; 32] {
        Sha256::digest(format!("person {}", self.0)).into()
    }

    /// Their cookie, as a browser sends it.
    pub fn cookie(self) -> String {
        format!("sampleim={}", hex(&self.token()))
    }

    /// A request for this address.
    pub fn get(self, path: &str) -> Vec<u8> {
        self.get_with(path, "")
    }

    /// A request for this address with further headers, each with its line end.
    pub fn get_with(self, path: &str, headers: &str) -> Vec<u8> {
        let cookie = self.cookie();
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n{headers}\r\n")
            .into_bytes()
    }

    /// A poll with what this cursor has not heard of.
    pub fn poll(self, cursor: &str) -> Vec<u8> {
        self.get(&format!("/api/poll?cursor={cursor}"))
    }

    /// A poll that is held for up to this many milliseconds.
    pub fn held_poll(self, cursor: &str, hold: u32) -> Vec<u8> {
        self.get(&format!("/api/poll?cursor={cursor}&hold={hold}"))
    }

    /// A message to this room. Its `client_id` is to be set by [`name_message`].
    pub fn send(self, room: i64, body: &str) -> Vec<u8> {
        let cookie = self.cookie();
        let form = format!("client_id={:032x}&room={room}&body={}", 0, percent(body));
        let length = form.len();
        format!(
            "POST /api/send HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\
            Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        )
        .into_bytes()
    }

    /// Takes a snapshot; gives its cursor.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn start(self, connection: &mut Connection) -> Result<String> {
        let answer = connection.ask(&self.get("/api/snapshot")).await?;
        answer.succeed()?;
        // It stands near the beginning; the list of who is here, of ten thousand, is not read.
        let at = answer.body.windows(CURSOR.len()).position(|window| window == CURSOR);
        let rest = at.and_then(|at| answer.body.get(at + CURSOR.len()..)).unwrap_or_default();
        let cursor = rest.split(|byte| *byte == b'"').next().unwrap_or_default();
        ensure!(!cursor.is_empty(), "a snapshot without a cursor");
        Ok(String::from_utf8_lossy(cursor).into_owned())
    }
}

/// The cursor of a poll's answer; none if nothing was new.
///
/// # Errors
/// If the server has lost track of the reader.
pub fn next_cursor(answer: &[u8]) -> Result<Option<String>> {
    const MARK: &[u8] = b"{\"delta\":{\"cursor\":\"";
    if answer == b"null" {
        return Ok(None);
    }
    let rest = answer.strip_prefix(MARK);
    let end = rest.and_then(|rest| rest.iter().position(|byte| *byte == b'"'));
    ensure!(end.is_some(), "no news: {}", String::from_utf8_lossy(answer));
    Ok(rest.zip(end).map(|(rest, end)| String::from_utf8_lossy(&rest[..end]).into_owned()))
}

/// Gives a message made by [`Person::send`] its own `client_id`.
pub fn name_message(request: &mut [u8], client_id: u128) {
    const MARK: &[u8] = b"\r\n\r\nclient_id=";
    if let Some(at) = request.windows(MARK.len()).position(|window| window == MARK) {
        let at = at + MARK.len();
        request[at..at + 32].copy_from_slice(format!("{client_id:032x}").as_bytes());
    }
}

const CURSOR: &[u8] = b"\"cursor\":\"";
/// How many start side by side.
const STARTERS: usize = 4;
/// Longer than the server takes to notice who has come.
const NOTICED: Duration = Duration::from_millis(600);

/// Everyone starts as a page does; gives a cursor for each to which nothing is news, as long as
/// nobody leaves: the server must keep people online for long.
///
/// # Errors
/// If the server does not answer, or there is news after all.
pub async fn settle(address: SocketAddr, people: &[Person]) -> Result<Vec<String>> {
    let started =
        side_by_side(address, people, async |connection, person| person.start(connection).await);
    let started = started.await?;
    tokio::time::sleep(NOTICED).await;
    // Where the list of who is here has come to, which is the same for all: a poll of each that
    // tells all the others would take as long as the start.
    let (person, cursor) = people.iter().zip(&started).next().context("nobody is there")?;
    let mut connection = Connection::open(address).await?;
    let answer = connection.ask(&person.poll(cursor)).await?;
    answer.succeed()?;
    let newest = next_cursor(answer.body)?.unwrap_or_else(|| cursor.clone());
    let presence = newest.rsplit_once('.').context("a cursor")?.1;
    let settled = started.iter().map(|cursor| {
        let (own, _) = cursor.rsplit_once('.').context("a cursor")?;
        Ok(format!("{own}.{presence}"))
    });
    let settled: Vec<_> = settled.collect::<Result<_>>()?;
    let asked: Vec<_> = people.iter().copied().zip(settled.iter().cloned()).collect();
    side_by_side(address, &asked, async |connection, (person, cursor)| {
        is_idle(&connection.ask(&person.poll(&cursor)).await?)
    })
    .await?;
    Ok(settled)
}

/// Does this for each, a few at a time, each time over a connection that is kept; in order.
async fn side_by_side<T: Clone, R>(
    address: SocketAddr,
    all: &[T],
    work: impl AsyncFn(&mut Connection, T) -> Result<R>,
) -> Result<Vec<R>> {
    let work = &work;
    let parts = all.chunks(all.len().div_ceil(STARTERS).max(1)).map(async |part| {
        let mut connection = Connection::open(address).await?;
        let mut done = Vec::with_capacity(part.len());
        for one in part {
            done.push(work(&mut connection, one.clone()).await?);
        }
        anyhow::Ok(done)
    });
    Ok(try_join_all(parts).await?.into_iter().flatten().collect())
}

/// An answer that says that nothing is new.
///
/// # Errors
/// If something is.
pub fn is_idle(answer: &Answer) -> Result<()> {
    answer.succeed()?;
    let news = || String::from_utf8_lossy(answer.body.get(..200).unwrap_or(answer.body));
    ensure!(answer.body == b"null", "a poll that should be idle was answered: {}", news());
    Ok(())
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// As in a form's body: everything but letters and digits is encoded.
pub fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut coded, byte| {
        if byte.is_ascii_alphanumeric() {
            coded.push(char::from(byte));
        } else {
            let _ = write!(coded, "%{byte:02X}");
        }
        coded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_in_place() {
        let mut request = Person(1).send(7, "hi, 你");
        let length = request.len();
        name_message(&mut request, 0xabc);
        let text = String::from_utf8(request).unwrap();
        assert_eq!(text.len(), length);
        assert!(
            text.ends_with(
                "client_id=00000000000000000000000000000abc&room=7&body=hi%2C%20%E4%BD%A0"
            )
        );
    }

    #[test]
    fn a_cursor_is_read_without_the_rest() {
        assert_eq!(next_cursor(b"null").unwrap(), None);
        let delta = br#"{"delta":{"cursor":"1.2.3","rooms":[]}}"#;
        assert_eq!(next_cursor(delta).unwrap().as_deref(), Some("1.2.3"));
        assert!(next_cursor(b"\"resync\"").is_err());
    }
}
