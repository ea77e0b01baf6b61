//! What the pages of the area show, by their address.

use crate::{
    admin::{Action, Asked, Listed, Page, Place, Wanted},
    error::Error,
    ids::{RoomId, UserId},
    server::{
        App,
        account::fold,
        db::admin::{By, Part},
        invitation::with_codes,
    },
    ui::time::Zone,
};
use parking_lot::Mutex;
use std::collections::HashMap;

/// What each administrator is to be shown once: whose link, and its path. In memory alone.
#[derive(Default)]
pub struct ShownOnce(Mutex<HashMap<UserId, (UserId, String)>>);

impl ShownOnce {
    /// Keeps the link of `user` for the next page about them that this administrator opens.
    pub fn keep(&self, by: &By, user: UserId, link: String) {
        if let Some(administrator) = by.user {
            self.0.lock().insert(administrator, (user, link));
        }
    }

    fn take(&self, by: &By, user: UserId) -> Option<String> {
        let mut kept = self.0.lock();
        let administrator = by.user?;
        kept.get(&administrator).filter(|(of, _)| *of == user)?;
        kept.remove(&administrator).map(|(_, link)| link)
    }
}

impl App {
    /// The page at this path of the area. `offset`: the reader's minutes ahead of UTC; `origin`: this
    /// server's address.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none.
    pub async fn administration(
        &self,
        by: &By,
        path: &str,
        asked: &Asked,
        offset: i32,
        origin: &str,
    ) -> Result<Page, Error> {
        let part = asked.part();
        let found = fold(&asked.find);
        let place = path.strip_prefix("/admin").unwrap_or_default().trim_matches('/');
        Ok(match place.split_once('/') {
            Some(("users", id)) => {
                let id = id.parse().map_err(|_| Error::NotFound)?;
                let user = self.db.user(id).await?;
                Page::User(user, self.shown_once.take(by, id))
            }
            Some(("groups", id)) => {
                let id = id.parse().map_err(|_| Error::NotFound)?;
                let group = self.db.group(id).await?;
                Page::Group(group, listed(part, self.db.group_members(id, Part(part)).await?))
            }
            Some(_) => return Err(Error::NotFound),
            None => match place {
                "" => Page::Overview(self.overview().await?),
                "users" => Page::Users(listed(part, self.db.find_users(&found, Part(part)).await?)),
                "groups" => {
                    let found = asked.find.to_lowercase();
                    Page::Groups(listed(part, self.db.find_groups(&found, Part(part)).await?))
                }
                "messages" => self.messages(by, asked, offset).await?,
                "uploads" => {
                    let uploads = self.db.uploads(asked.sort == "size", Part(part)).await?;
                    let (people, rooms) = self.db.upload_sums().await?;
                    Page::Uploads(listed(part, uploads), people, rooms)
                }
                "invitations" => {
                    Page::Invitations(with_codes(self.server_invitations(origin).await?))
                }
                "log" => {
                    let actor = asked.actor.trim();
                    let entries = self.db.audit(&asked.action, actor, Part(part)).await?;
                    Page::Log(listed(part, entries))
                }
                "settings" => Page::Settings(self.rules()),
                _ => return Err(Error::NotFound),
            },
        })
    }

    async fn messages(&self, by: &By, asked: &Asked, offset: i32) -> Result<Page, Error> {
        let sender = match asked.sender.trim() {
            "" => None,
            name => match self.db.account(&fold(name)).await? {
                Some(account) => Some(account.id),
                None => return Ok(Page::Messages(vec![], None)),
            },
        };
        let zone = Zone::Fixed(offset);
        let wanted = Wanted {
            words: asked.words.trim().to_owned(),
            sender,
            room: asked.room.parse().ok().map(RoomId),
            group: asked.group.trim().to_owned(),
            from: zone.start_of(&asked.from, 0).unwrap_or_default(),
            until: zone.start_of(&asked.until, 1).unwrap_or(i64::MAX / 2),
            private: !asked.private.is_empty(),
            before: Place::parse(&asked.before),
        };
        if wanted.private {
            // Before anything is shown. What words were looked for is part of nobody's business.
            let of = [asked.sender.trim(), asked.room.as_str()].join(" ");
            let when = format!("{} {}", asked.from, asked.until);
            self.db.note(by, Action::ReadPrivate, of.trim(), when.trim()).await?;
        }
        let (found, next) = self.db.find_messages(&wanted).await?;
        Ok(Page::Messages(found, next))
    }
}

fn listed<T>(part: u32, (lines, is_more): (Vec<T>, bool)) -> Listed<T> {
    Listed { lines, part, is_more }
}
