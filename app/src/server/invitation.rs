//! Invitations: their tokens, and what somebody does who has one.

use super::{
    App, Peer,
    db::{admin::By, groups::Actor, invitations::LinkRow},
    now,
    session::Visit,
    sync::random_client_id,
};
use crate::{
    error::Error,
    ids::{InvitationId, RoomId, UserId},
    invitation::{Invitation, Invited, QrPicture, TOKEN_LENGTH, Terms, is_token, page::Coded},
};
use qrcode::{Color, QrCode};
use std::{fmt::Write, net::IpAddr};

/// What tokens are written with: no sign that ends a word, or that an address needs to hide.
const SIGNS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The longest text that is made a QR code, in bytes: more than any address here has.
const QR_MAX: usize = 500;

impl App {
    /// What a link with this token opens; nothing if it does not work.
    ///
    /// # Errors
    /// [`Error::TooMany`] for too many looks from one address.
    pub async fn invited(&self, token: &str, address: IpAddr) -> Result<Option<Invited>, Error> {
        self.limits.check_invitation(address)?;
        if !is_token(token) {
            return Ok(None);
        }
        self.db.invited(token, now()).await
    }

    /// Lets a user in by a link; the group that they are in then, if it is one's.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it does not work, [`Error::TooMany`].
    pub async fn accept_invitation(
        &self,
        user: UserId,
        token: &str,
        address: IpAddr,
    ) -> Result<Option<RoomId>, Error> {
        self.limits.check_invitation(address)?;
        self.limits.check_send(user)?;
        if !is_token(token) {
            return Err(Error::NotFound);
        }
        let actor = Actor { user, now: now(), client_id: random_client_id()? };
        let accepted = self.db.accept_invitation(&actor, token).await;
        let Some(change) = accepted.transpose() else { return Ok(None) };
        let room = change.as_ref().ok().map(|change| change.room);
        self.group_changed(change, &[user])?;
        Ok(room)
    }

    /// Makes a link into a group.
    ///
    /// # Errors
    /// Those of [`super::db::Db::invite_to_group`].
    pub async fn invite(&self, actor: &Actor, room: RoomId, terms: Terms) -> Result<(), Error> {
        self.db.invite_to_group(actor, room, &new_token()?, terms).await
    }

    /// Makes a link to the server.
    ///
    /// # Errors
    /// Those of [`super::db::Db::invite_to_server`].
    pub async fn invite_to_server(&self, by: &By, terms: Terms) -> Result<(), Error> {
        self.db.invite_to_server(by, &new_token()?, terms).await
    }

    /// The links into a group that this user manages, newest first; `origin` is this server's address.
    ///
    /// # Errors
    /// Those of [`super::db::Db::invitations`].
    pub async fn invitations(
        &self,
        user: UserId,
        room: RoomId,
        origin: &str,
    ) -> Result<Vec<Invitation>, Error> {
        Ok(shown(self.db.invitations(user, room).await?, origin))
    }

    /// The links to the server, newest first; `origin` is its address.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn server_invitations(&self, origin: &str) -> Result<Vec<Invitation>, Error> {
        Ok(shown(self.db.server_invitations().await?, origin))
    }
}

/// Uses the invitation that somebody has just logged in by; the path to lead them to. If it does not
/// work, its page says so.
pub async fn lead_in(visit: &Visit, user: UserId, token: &str) -> String {
    let address = Peer::of(&visit.parts).address;
    match visit.app.accept_invitation(user, token, address).await {
        Ok(room) => path_of(room),
        Err(_) if is_token(token) => format!("/join/{token}"),
        Err(_) => "/".to_owned(),
    }
}

/// Where who was let in is led to.
#[must_use]
pub fn path_of(room: Option<RoomId>) -> String {
    room.map_or_else(|| "/".to_owned(), |room| format!("/room/{room}"))
}

/// A QR code of a text.
///
/// # Errors
/// [`Error::TooLarge`] for one that is longer than an address.
pub fn qr_code(text: &str) -> Result<QrPicture, Error> {
    let too_large = Error::TooLarge { limit: QR_MAX as u64 };
    if text.len() > QR_MAX {
        return Err(too_large);
    }
    let modules = QrCode::new(text).map_err(|_| too_large)?;
    let size = modules.width();
    let mut path = String::new();
    for (y, row) in modules.to_colors().chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run[0] == Color::Dark {
                let width = run.len();
                let _ = write!(path, "M{x} {y}h{width}v1h-{width}z");
            }
            x += run.len();
        }
    }
    Ok(QrPicture { size: size as u32, path })
}

/// Each link with its QR code.
#[must_use]
pub fn with_codes(links: Vec<Invitation>) -> Vec<Coded> {
    let code = |link: Invitation| {
        let code = qr_code(&link.link).ok();
        (link, code)
    };
    links.into_iter().map(code).collect()
}

fn shown(rows: Vec<LinkRow>, origin: &str) -> Vec<Invitation> {
    let now = now();
    let link = |row: LinkRow| Invitation {
        id: InvitationId(row.id),
        link: format!("{origin}/join/{}", row.token),
        by: row.display_name,
        works: !row.disabled
            && row.expires.is_none_or(|expires| expires > now)
            && row.max_uses.is_none_or(|max| row.uses < max),
        expires: row.expires,
        max_uses: row.max_uses,
        uses: row.uses,
    };
    rows.into_iter().map(link).collect()
}

/// 128 random bits.
fn new_token() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::Internal)?;
    Ok(written(u128::from_be_bytes(bytes)))
}

fn written(mut number: u128) -> String {
    let base = SIGNS.len() as u128;
    let sign = |_| {
        let sign = char::from(SIGNS[(number % base) as usize]);
        number /= base;
        sign
    };
    (0..TOKEN_LENGTH).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_all_of_its_bits() {
        let largest = written(u128::MAX);
        assert!(is_token(&largest) && is_token(&new_token().unwrap()));
        // What would be left of one more digit is nothing.
        let value = largest.bytes().rev().try_fold(0_u128, |value, sign| {
            let digit = SIGNS.iter().position(|other| *other == sign)? as u128;
            value.checked_mul(62)?.checked_add(digit)
        });
        assert_eq!(value, Some(u128::MAX));
        assert_ne!(new_token(), new_token());
    }

    #[test]
    fn a_qr_code_has_the_modules_that_its_text_has() {
        let text = "http://192.168.1.5:3000/join/0123456789abcdefABCDEF";
        let code = qr_code(text).unwrap();
        let modules = QrCode::new(text).unwrap();
        let mut dark = vec![false; modules.width() * modules.width()];
        for run in code.path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (width, _) = rest.split_once('v').unwrap();
            let [x, y, width] = [x, y, width].map(|number| number.parse::<usize>().unwrap());
            dark[y * modules.width() + x..][..width].fill(true);
        }
        let expected: Vec<_> =
            modules.to_colors().into_iter().map(|it| it == Color::Dark).collect();
        assert_eq!((code.size as usize, dark), (modules.width(), expected));
        assert_eq!(qr_code(&"x".repeat(501)), Err(Error::TooLarge { limit: 500 }));
    }
}
