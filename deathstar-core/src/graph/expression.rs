//! Values that are known only after other resources are made: data, never a future.

use super::Address;
use crate::{Error, Resource, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::{fmt, marker::PhantomData, sync::Arc};

/// The one key that marks an expression inside an encoded spec.
pub(crate) const KEY: &str = "$deathstar";

/// A field that may name another resource's result.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<T> {
    /// Known while declaring.
    Known(T),
    /// Known after something else is made.
    Pending(Expr),
}

/// An expression: a reference, a call of a named pure function, or a literal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expr {
    /// A result or a spec field of a resource.
    Ref(Reference),
    /// A named pure function of the catalogue.
    Call(String, Vec<Self>),
    /// A value.
    Lit(Value),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The stack that the handle was made in.
    pub stack: Arc<str>,
    /// Whether another stack's export is meant on purpose.
    pub import: bool,
    /// The resource (for an import: the export's name).
    pub at: Address,
    /// `/id`, or a pointer below `/outputs` or `/spec`.
    pub path: Arc<str>,
}

#[derive(Serialize, Deserialize)]
struct Wire<'a>(&'a str, &'a str, &'a str);

#[derive(Deserialize)]
struct OwnedWire(Arc<str>, Address, Arc<str>, #[serde(default)] bool);

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.import {
            (&*self.stack, self.at.as_str(), &*self.path, true).serialize(serializer)
        } else {
            Wire(&self.stack, self.at.as_str(), &self.path).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let OwnedWire(stack, at, path, import) = OwnedWire::deserialize(deserializer)?;
        Ok(Self { stack, import, at, path })
    }
}

#[derive(Serialize)]
struct Envelope<E> {
    #[serde(rename = "$deathstar")]
    expr: E,
}

impl<T: Serialize> Serialize for Input<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Pending(expr) => Envelope { expr }.serialize(serializer),
        }
    }
}

/// What stands at one place of an encoded spec.
#[derive(Clone, Debug, PartialEq)]
pub enum Encoded {
    /// A value, or a tree with more places below it.
    Plain,
    /// What an [`Input`] is while it is pending.
    Expression(Expr),
    /// What stands for a [`Sensitive`](crate::Sensitive) value.
    Secret,
}

impl Encoded {
    /// What a place of an encoded spec holds.
    pub fn of(value: &Value) -> Self {
        let Some(mark) = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.get(KEY)) else {
            return Self::Plain;
        };
        match Expr::deserialize(mark) {
            Ok(expr) => Self::Expression(expr),
            Err(_) if mark.get("secret").is_some() => Self::Secret,
            Err(_) => Self::Plain,
        }
    }
}

impl<T> Input<T> {
    /// The value; always there in a spec that a driver receives.
    ///
    /// # Errors
    /// When it is not resolved: a defect of the caller.
    pub fn known(&self) -> Result<&T> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Pending(_) => Err(Error::internal("an input was read before it was resolved")),
        }
    }

    /// The value, when it is known already.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Pending(_) => None,
        }
    }
}

impl<T> From<T> for Input<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Output<T>> for Input<T> {
    fn from(output: Output<T>) -> Self {
        Self::Pending(output.expr)
    }
}

impl<T> From<&Output<T>> for Input<T> {
    fn from(output: &Output<T>) -> Self {
        Self::Pending(output.expr.clone())
    }
}

impl From<&str> for Input<String> {
    fn from(text: &str) -> Self {
        Self::Known(text.into())
    }
}

/// The typed result of a declared resource, known after it is made.
pub struct Output<T> {
    expr: Expr,
    of: PhantomData<fn() -> T>,
}

impl<T> Output<T> {
    /// An output from its expression; the type is the caller's word.
    pub fn from_expr(expr: Expr) -> Self {
        Self { expr, of: PhantomData }
    }

    /// The expression.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The export of another stack.
    pub fn import(stack: &str, export: &str) -> Self {
        Self::from_expr(Expr::Ref(Reference {
            stack: stack.into(),
            import: true,
            at: Address::unchecked(export),
            path: "/export".into(),
        }))
    }

    /// What a named pure function of the catalogue makes of it.
    pub fn call<U>(&self, function: &str, more: impl IntoIterator<Item = Value>) -> Output<U> {
        let args = std::iter::once(self.expr.clone()).chain(more.into_iter().map(Expr::Lit)).collect();
        Output::from_expr(Expr::Call(function.into(), args))
    }
}

impl<T> Output<Vec<T>> {
    /// One element.
    pub fn nth(&self, index: usize) -> Output<T> {
        Output::from_expr(self.expr.clone().below(&format!("/{index}")))
    }
}

impl Expr {
    /// The part of a reference's value at a pointer.
    #[must_use]
    pub fn below(self, pointer: &str) -> Self {
        match self {
            Self::Ref(mut reference) => {
                reference.path = format!("{}{pointer}", reference.path).into();
                Self::Ref(reference)
            }
            Self::Lit(value) => Self::Lit(value.pointer(pointer).cloned().unwrap_or(Value::Null)),
            call @ Self::Call(..) => Self::Call("at".into(), vec![call, Self::Lit(pointer.into())]),
        }
    }

    /// Calls `see` with every reference in it.
    pub fn references<'a>(&'a self, see: &mut impl FnMut(&'a Reference)) {
        match self {
            Self::Ref(reference) => see(reference),
            Self::Call(_, args) => args.iter().for_each(|arg| arg.references(see)),
            Self::Lit(_) => {}
        }
    }
}

impl<T> Clone for Output<T> {
    fn clone(&self) -> Self {
        Self::from_expr(self.expr.clone())
    }
}

impl<T> fmt::Debug for Output<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Output({:?})", self.expr)
    }
}

/// A declared resource of kind `R`, bound to its stack.
pub struct Handle<R> {
    pub(crate) stack: Arc<str>,
    pub(crate) address: Address,
    pub(crate) of: PhantomData<fn() -> R>,
}

impl<R> Handle<R> {
    /// Where it stands.
    pub fn at(&self) -> &Address {
        &self.address
    }

    /// The value at a path: `/id`, or a pointer below `/outputs` or `/spec`.
    ///
    /// Kinds offer typed accessors (see [`outputs!`](crate::outputs)); this is what they are made of.
    pub fn output<T>(&self, path: &str) -> Output<T> {
        Output::from_expr(Expr::Ref(Reference {
            stack: Arc::clone(&self.stack),
            import: false,
            at: self.address.clone(),
            path: path.into(),
        }))
    }
}

impl<R: Resource> Handle<R> {
    /// The provider's id of the object.
    pub fn id(&self) -> Output<R::Id> {
        self.output("/id")
    }
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self { stack: Arc::clone(&self.stack), address: self.address.clone(), of: PhantomData }
    }
}

impl<R> fmt::Debug for Handle<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({}: {})", self.stack, self.address)
    }
}

/// Calls `see` with every reference of the expressions inside a value.
pub(crate) fn references(value: &Value, see: &mut impl FnMut(&Reference)) {
    match value {
        Value::Object(map) => match map.get(KEY) {
            Some(mark) if map.len() == 1 => {
                if let Ok(expr) = Expr::deserialize(mark) {
                    expr.references(&mut |reference| see(reference));
                }
            }
            _ => map.values().for_each(|value| references(value, see)),
        },
        Value::Array(items) => items.iter().for_each(|item| references(item, see)),
        _ => {}
    }
}

/// Declares typed accessors for the outputs of a kind, as a trait on its [`Handle`](crate::Handle).
///
/// ```
/// # use deathstar_core::{outputs, Resource};
/// # mod kind { pub struct Gateway; }
/// # use kind::Gateway;
/// outputs! {
///     /// What a gateway tells.
///     pub trait GatewayOutputs for Gateway {
///         /// Its public address.
///         address: std::net::Ipv4Addr,
///     }
/// }
/// ```
#[macro_export]
macro_rules! outputs {
    ($(#[$about:meta])* $visibility:vis trait $name:ident for $kind:ty { $($(#[$doc:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$about])*
        $visibility trait $name {
            $($(#[$doc])* fn $field(&self) -> $crate::Output<$type>;)*
        }
        impl $name for $crate::Handle<$kind> {
            $(fn $field(&self) -> $crate::Output<$type> {
                self.output(concat!("/outputs/", stringify!($field)))
            })*
        }
    };
}
