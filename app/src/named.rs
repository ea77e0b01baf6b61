//! Enums whose variants have a name each, by which they are stored and sent.

use serde::{Deserialize, Deserializer, de::Error};

/// Declares an enum and the name of each variant: `as_str`, `parse`, and the same for serde. What
/// serde derives reads a variant by its number, too, and is some ten times the code.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $enum:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)* }
    ) => {
        $(#[$meta])*
        pub enum $enum { $($(#[$doc])* $variant,)* }

        impl $enum {
            /// Its name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one of this name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }

        impl ::serde::Serialize for $enum {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $enum {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::named::read(from, Self::parse)
            }
        }
    };
}
pub(crate) use named;

/// Reads one by its name.
///
/// # Errors
/// If it has none of the names.
pub fn read<'de, D: Deserializer<'de>, T>(
    from: D,
    parse: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    parse(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("not one of the names"))
}
