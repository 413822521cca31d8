//! How an input is read back: a value of its type, or the mark of an expression. Nothing is buffered on the way.

use super::expression::{Expr, Input, KEY};
use serde::{
    Deserialize, Deserializer, de,
    de::{
        DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use std::{fmt, marker::PhantomData};

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Input<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let human = deserializer.is_human_readable();
        deserializer.deserialize_any(Either::<T> { human, of: PhantomData })
    }
}

struct Either<T> {
    human: bool,
    of: PhantomData<T>,
}

/// Hands a value on to the type that is expected.
macro_rules! known {
    ($($visit:ident: $type:ty),*) => {$(
        fn $visit<E: de::Error>(self, value: $type) -> Result<Self::Value, E> {
            let known = Whole { value: IntoDeserializer::<E>::into_deserializer(value), human: self.human };
            T::deserialize(known).map(Input::Known)
        }
    )*};
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
    type Value = Input<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or an expression")
    }

    known!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str, visit_string: String);

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        let value = de::value::BorrowedStrDeserializer::new(value);
        T::deserialize(Whole { value, human: self.human }).map(Input::Known)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        T::deserialize(Nothing(PhantomData)).map(Input::Known)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let value = de::value::SeqAccessDeserializer::new(seq);
        T::deserialize(Whole { value, human: self.human }).map(Input::Known)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let first = map.next_key::<String>()?;
        if first.as_deref() == Some(KEY) {
            let expr: Expr = map.next_value()?;
            return match map.next_key::<String>()? {
                None => Ok(Input::Pending(expr)),
                Some(other) => Err(de::Error::custom(format_args!("`{other}` stands beside an expression"))),
            };
        }
        let value = MapAccessDeserializer::new(Resumed { first, map });
        T::deserialize(Whole { value, human: self.human }).map(Input::Known)
    }
}

/// A map of which the first key has been read.
struct Resumed<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Resumed<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(first) => seed.deserialize(StrDeserializer::new(&first)).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.map.size_hint().map(|rest| rest + usize::from(self.first.is_some()))
    }
}

/// A value that is there, for any type that can be made of it.
struct Whole<D> {
    value: D,
    human: bool,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Whole<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.value.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.human
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// `null`: no value of an optional type, or the value of a unit type.
struct Nothing<E>(PhantomData<E>);

impl<'de, E: de::Error> Deserializer<'de> for Nothing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::{Serialize, de::DeserializeOwned};
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Id(String);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Choice {
        Nothing,
        One(u32),
        Fields { a: Option<i8>, b: Vec<bool> },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Tagged {
        Plain { of: Input<Id> },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        id: Id,
        ratio: f64,
        choice: Choice,
        may: Option<Id>,
        map: BTreeMap<String, u8>,
        pair: (i64, char),
    }

    fn same<T: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned>(value: T) {
        let input = Input::Known(value);
        let text = serde_json::to_string(&input).unwrap();
        assert_eq!(serde_json::from_str::<Input<T>>(&text).unwrap(), input, "{text}");
        let tree: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::from_value::<Input<T>>(tree).unwrap(), input, "{text}");
    }

    fn choices() -> impl Strategy<Value = Choice> {
        prop_oneof![
            Just(Choice::Nothing),
            any::<u32>().prop_map(Choice::One),
            (any::<Option<i8>>(), any::<Vec<bool>>()).prop_map(|(a, b)| Choice::Fields { a, b }),
        ]
    }

    proptest! {
        #[test]
        fn every_value_is_read_as_it_was_written(
            (id, may, choice) in (".*", any::<Option<String>>(), choices()),
            (map, pair, ratio) in (any::<BTreeMap<String, u8>>(), any::<(i64, char)>(), (-1000..1000).prop_map(|quarters| f64::from(quarters) / 4.0)),
            (flag, number) in any::<(bool, u64)>(),
        ) {
            same(Id(id.clone()));
            same(may.clone());
            same(choice.clone());
            same(flag);
            same(number);
            same(());
            same(map.clone());
            same("10.0.0.0/8".parse::<ipnet::Ipv4Net>().unwrap());
            same(Everything { id: Id(id), ratio, choice, may: may.map(Id), map, pair });
        }
    }

    #[test]
    fn an_expression_is_told_from_a_value() {
        let pending: Input<Everything> = Input::Pending(Expr::Lit(1.into()));
        let text = serde_json::to_string(&pending).unwrap();
        assert_eq!(serde_json::from_str::<Input<Everything>>(&text).unwrap(), pending);
        let tagged = Tagged::Plain { of: Input::Pending(Expr::Lit(1.into())) };
        let text = serde_json::to_string(&tagged).unwrap();
        assert_eq!(serde_json::from_str::<Tagged>(&text).unwrap(), tagged);
    }

    #[test]
    fn what_stands_beside_an_expression_is_refused() {
        let text = r#"{"$deathstar":{"lit":1},"more":2}"#;
        let error = serde_json::from_str::<Input<Value>>(text).unwrap_err().to_string();
        assert!(error.contains("`more`"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_said() {
        let error = serde_json::from_str::<Input<u32>>(r#""ten""#).unwrap_err().to_string();
        assert!(error.contains("ten") && error.contains("u32"), "{error}");
    }
}
