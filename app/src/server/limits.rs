//! How often things may be tried. Each limit is a bucket: a burst at once, then one per period.

use crate::{error::Error, ids::UserId};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};
use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

/// The limits of one server, in memory.
///
/// The narrow limit counts an account's attempts from one address, so guesses from elsewhere do not
/// use up the owner's. The one over all addresses is ten times as wide and refills by itself, but
/// whoever guesses from a dozen addresses without end keeps the owner from logging in meanwhile:
/// guessing must not be free. Sessions that exist go on, and change their password by a limit of
/// their own.
/// A right password resets nothing, or an attacker with an account could go on without end.
///
/// The limits per address are wide, because a class of 40 behind one proxy or router logs in, or
/// registers, within the same minute. They stop programs, not people; what guessing costs is set
/// by the limit per account.
pub struct Limits<C: Clock = DefaultClock> {
    login_here: Limit<(String, IpAddr), C>,
    login_account: Limit<String, C>,
    login_address: Limit<IpAddr, C>,
    password: Limit<UserId, C>,
    register: Limit<IpAddr, C>,
    invitation: Limit<IpAddr, C>,
    upload: Limit<UserId, C>,
    send: Limit<UserId, C>,
    search: Limit<UserId, C>,
    typing: Limit<UserId, C>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::with_clock(&DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn with_clock(clock: &C) -> Self {
        Self {
            login_here: Limit::new(5, Duration::from_secs(12), clock),
            login_account: Limit::new(50, Duration::from_secs(6), clock),
            login_address: Limit::new(200, Duration::from_secs(2), clock),
            password: Limit::new(5, Duration::from_secs(12), clock),
            register: Limit::new(200, Duration::from_secs(10), clock),
            invitation: Limit::new(300, Duration::from_secs(1), clock),
            upload: Limit::new(60, Duration::from_secs(1), clock),
            send: Limit::new(30, Duration::from_millis(100), clock),
            search: Limit::new(60, Duration::from_millis(200), clock),
            typing: Limit::new(10, Duration::from_secs(1), clock),
        }
    }

    /// Counts an attempt to give the password of the account with this folded name.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_login(&self, name_key: &str, address: IpAddr) -> Result<(), Error> {
        let address = network(address);
        // First: whoever tries one name after the other is refused before each takes memory.
        self.login_address.check(&address)?;
        self.login_here.check(&(name_key.to_owned(), address))?;
        self.login_account.check(&name_key.to_owned())
    }

    /// Counts an attempt to give one's own password, by somebody who is logged in.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_password(&self, user: UserId) -> Result<(), Error> {
        self.password.check(&user)
    }

    /// Counts an attempt to register.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_register(&self, address: IpAddr) -> Result<(), Error> {
        self.register.check(&network(address))
    }

    /// Counts a look at an invitation, or its use, be there such a one or not: a page and a picture for
    /// each who opens the link.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_invitation(&self, address: IpAddr) -> Result<(), Error> {
        self.invitation.check(&network(address))
    }

    /// Counts an upload.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_upload(&self, user: UserId) -> Result<(), Error> {
        self.upload.check(&user)
    }

    /// Counts a message.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_send(&self, user: UserId) -> Result<(), Error> {
        self.send.check(&user)
    }

    /// Counts a search: as many as somebody types.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_search(&self, user: UserId) -> Result<(), Error> {
        self.search.check(&user)
    }

    /// Counts that somebody writes.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn check_typing(&self, user: UserId) -> Result<(), Error> {
        self.typing.check(&user)
    }

    /// Forgets those whose bucket is full again: they need no memory.
    pub fn tidy(&self) {
        self.login_here.tidy();
        self.login_account.tidy();
        self.login_address.tidy();
        self.password.tidy();
        self.register.tidy();
        self.invitation.tidy();
        self.upload.tidy();
        self.send.tidy();
        self.search.tidy();
        self.typing.tidy();
    }
}

/// What counts as one address: of IPv6 the first 64 bits, for a single device has all of the rest.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

/// One bucket per key.
struct Limit<K: Hash + Eq + Clone, C: Clock> {
    buckets: RateLimiter<K, DashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Limit<K, C> {
    /// `burst` at once, then one per `period` (neither is zero; if it were, one per second).
    fn new(burst: u32, period: Duration, clock: &C) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(burst));
        Self { buckets: RateLimiter::dashmap_with_clock(quota.allow_burst(burst), clock.clone()) }
    }

    fn check(&self, key: &K) -> Result<(), Error> {
        self.buckets.check_key(key).map_err(|denied| {
            let wait = denied.wait_time_from(self.buckets.clock().now());
            let retry_after = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Error::TooMany { retry_after: retry_after.max(1) }
        })
    }

    fn tidy(&self) {
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn after_five_attempts_one_waits_twelve_seconds() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock(&clock);
        for _ in 0..5 {
            assert_eq!(limits.check_login("ada", HERE), Ok(()));
        }
        let refused = Err(Error::TooMany { retry_after: 12 });
        assert_eq!(limits.check_login("ada", HERE), refused);
        assert_eq!(limits.check_login("bob", HERE), Ok(()), "another account");
        assert_eq!(limits.check_login("ada", THERE), Ok(()), "the owner, from elsewhere");
        clock.advance(Duration::from_millis(11_500));
        assert_eq!(limits.check_login("ada", HERE), Err(Error::TooMany { retry_after: 1 }));
        clock.advance(Duration::from_millis(500));
        assert_eq!(limits.check_login("ada", HERE), Ok(()));
        assert_eq!(limits.check_login("ada", HERE), refused);
    }

    #[test]
    fn names_that_were_refused_take_no_memory() {
        let limits = Limits::with_clock(&FakeRelativeClock::default());
        for name in 0..10_000 {
            let _ = limits.check_login(&name.to_string(), HERE);
        }
        assert_eq!(limits.login_here.buckets.len(), 200);
    }

    #[test]
    fn a_class_of_forty_gets_in_through_one_address() {
        let limits = Limits::with_clock(&FakeRelativeClock::default());
        for person in 0..40 {
            assert_eq!(limits.check_register(HERE), Ok(()));
            // The page, its picture, the way to register and the use.
            for _ in 0..4 {
                assert_eq!(limits.check_invitation(HERE), Ok(()));
            }
            assert_eq!(limits.check_login(&person.to_string(), HERE), Ok(()));
        }
    }

    #[test]
    fn tokens_are_not_guessed_without_end() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock(&clock);
        let guess = || limits.check_invitation(HERE);
        assert!((0..300).all(|_| guess().is_ok()));
        assert_eq!(guess(), Err(Error::TooMany { retry_after: 1 }));
        assert_eq!(limits.check_invitation(THERE), Ok(()), "another address");
        clock.advance(Duration::from_secs(1));
        assert_eq!((guess(), guess()), (Ok(()), Err(Error::TooMany { retry_after: 1 })));
    }

    #[test]
    fn what_is_full_again_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock(&clock);
        for user in 0..1_000 {
            limits.check_send(UserId(user)).unwrap();
        }
        clock.advance(Duration::from_secs(60));
        limits.tidy();
        assert_eq!(limits.send.buckets.len(), 0);
    }

    #[test]
    fn an_ipv6_device_is_one_address() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:10.0.0.1"), HERE);
    }
}
