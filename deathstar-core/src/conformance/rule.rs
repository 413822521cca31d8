//! The rules of the suite: what each asks of a driver, and what to do where it is broken.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $name:literal, $fix:literal;)*) => {
        /// One thing that a driver has to keep.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)*
        }

        impl Rule {
            /// All of them, in the order in which they are checked.
            pub const ALL: &'static [Self] = &[$(Self::$rule),*];

            /// Its stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)*
                }
            }

            /// What an author does where it is broken.
            pub const fn fix(self) -> &'static str {
                match self {
                    $(Self::$rule => $fix,)*
                }
            }
        }
    };
}

rules! {
    /// The id, the spec and the outputs of what `find` shows, and the id that `create` answers, survive being written and read.
    Encodes = "encodes", "give every field an encoding that reads back as the same value";
    /// The create call itself writes all of `cx.tags`: the first look that shows the object shows them too.
    CreateTags = "create-tags", "send `cx.tags` in the create call, not in one after it";
    /// One `create` makes one object.
    OneObject = "one-object", "make the create call once, and leave repetition to the engine";
    /// `create` makes exactly one mutating call.
    OneCall = "one-call", "leave what the create call cannot say to `change`, which is called until nothing differs";
    /// `create`, repeated with the same token and spec, answers the same object; a key's object is answered again or refused.
    CreateRepeats = "create-repeats", "send `cx.token` as the API's idempotency token";
    /// What an API works on after its answer is handed over as an [`Op`](crate::Op).
    OperationHandle = "operation-handle", "return the operation that the API answers, so that it is waited for, also by the next process";
    /// Asking how an operation goes comes to an end.
    PollEnds = "poll-ends", "map every final state of an operation to `Done` or `Failed`";
    /// After a create, `find` shows the spec that was declared, in all fields but the write-only ones.
    RoundTrip = "round-trip", "read every field back, in the form in which it is declared";
    /// Looking by owner tag, by id and by token shows the same objects.
    FindAgrees = "find-agrees", "let all forms of `Want` go through one call and one conversion";
    /// An object that is gone is left out; it is no error.
    GoneLeftOut = "gone-left-out", "ask by filter, or leave out the ids that the API says are not there";
    /// A missing object hides none of the others that the same call asks for.
    BatchSurvives = "batch-survives", "go on with the other ids when one is missing";
    /// `Want::All` shows only objects with the stack's owner tag.
    OnlyOurs = "only-ours", "ask the API for the owner tag of `cx.stack`, or filter by it";
    /// A list is read to its last page.
    EveryPage = "every-page", "follow the API's marker until there is none";
    /// `find` and `poll` change nothing.
    ReadsOnly = "reads-only", "move the mutating call to `create`, `change` or `delete`";
    /// An error of the API is told; only the API's own word for "this object is not there" means that it is gone.
    ErrorsAreTold = "errors-are-told", "compare the error's code with the one for this very object, not the HTTP status";
    /// `change`, repeated, brings the object to the spec.
    ChangeConverges = "change-converges", "make the next call that is missing between what is seen and what is wanted";
    /// One `change` makes at most one mutating call.
    ChangeOneCall = "change-one-call", "return after the first call; `change` is called again while something differs";
    /// `retag` writes and removes the tags that it is given, and no others.
    RetagExact = "retag-exact", "merge what is to be set, remove what is to be unset, and touch no other tag";
    /// `retag` makes one call of each sort at most.
    RetagCalls = "retag-calls", "send all tags in one call";
    /// `delete`, repeated, ends with an object that `find` no longer shows.
    DeleteEnds = "delete-ends", "make the next call towards the object's end, and leave out of `find` what only lingers";
    /// `delete` of an object that is gone is done or answers [`NotFound`](crate::Meaning::NotFound).
    DeleteRepeats = "delete-repeats", "answer `Meaning::NotFound`, or that it is done";
    /// `delete` touches only the object that it is given.
    DeleteOnlyGiven = "delete-only-given", "delete by the id of what is seen, and by nothing else";
    /// The error of a create call whose answer was lost has [`Effect::Unknown`](crate::Effect::Unknown).
    LostAnswer = "lost-answer", "mark every failure after the request was sent with `effect_unknown`";
    /// A call whose answer was lost is not repeated by the driver or its SDK.
    NoRetry = "no-retry", "switch the retries of the SDK off: they hide from the engine that a call was made twice";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
