//! Structs that are read by their fields' names alone.

/// Declares a struct of which every field is sent, and how it is read: a field that may be missing has a
/// value for that. What serde derives reads a list of values, too, and is twice the code, of which the page
/// loads some first.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $record:ident {
            $($(#[$doc:meta])* pub $field:ident: $type:ty $(= $missing:expr)?,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(::serde::Serialize)]
        pub struct $record { $($(#[$doc])* pub $field: $type,)* }

        impl<'de> ::serde::Deserialize<'de> for $record {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> ::serde::de::Visitor<'de> for Fields {
                    type Value = $record;

                    fn expecting(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result {
                        to.write_str("an object")
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(
                        self,
                        mut from: A,
                    ) -> Result<$record, A::Error> {
                        $(let mut $field: Option<$type> = None$(.or(Some($missing)))?;)*
                        while let Some(name) = from.next_key::<&str>()? {
                            match name {
                                $(stringify!($field) => $field = Some(from.next_value()?),)*
                                _ => drop(from.next_value::<::serde::de::IgnoredAny>()?),
                            }
                        }
                        if let ($(Some($field),)*) = ($($field,)*) {
                            return Ok($record { $($field,)* });
                        }
                        Err(<A::Error as ::serde::de::Error>::custom("a field is missing"))
                    }
                }

                from.deserialize_map(Fields)
            }
        }
    };
}
pub(crate) use record;

#[cfg(test)]
mod tests {
    record! {
        #[derive(Debug, PartialEq, Eq)]
        pub struct Point {
            pub x: i64,
            pub name: Option<String>,
            pub y: i64 = 7,
        }
    }

    #[test]
    fn fields_are_read_by_name_in_any_order_and_all_are_there() {
        let read = |text: &str| serde_json::from_str::<Point>(text).ok();
        let point = Point { x: 1, name: Some("a".into()), y: 7 };
        let written = serde_json::to_string(&point).unwrap();
        assert_eq!(read(&written).as_ref(), Some(&point));
        assert_eq!(read(r#"{"later":[{}],"name":"a","x":1}"#), Some(point));
        assert_eq!(read(r#"{"x":1,"name":null}"#), Some(Point { x: 1, name: None, y: 7 }));
        assert_eq!(read(r#"{"x":1,"name":null,"y":8}"#), Some(Point { x: 1, name: None, y: 8 }));
        for wrong in [r#"{"x":1}"#, r#"{"x":"1","name":null}"#, "[1,null]", "1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
