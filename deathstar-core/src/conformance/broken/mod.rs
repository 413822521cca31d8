//! Drivers that each break one rule: they prove that the suite sees it.

mod driver;
mod find;
mod write;

use super::{
    Rule,
    fake::{Fake, Honest},
};

macro_rules! defects {
    ($($(#[doc = $doc:literal])+ $defect:ident => $rule:ident;)*) => {
        /// One way to break the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Defect {
            $($(#[doc = $doc])+ $defect,)*
        }

        impl Defect {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$defect),*];

            /// The one rule that it breaks.
            pub const fn breaks(self) -> Rule {
                match self {
                    $(Self::$defect => Rule::$rule,)*
                }
            }
        }
    };
}

defects! {
    /// Shows an output that does not read back.
    GarblesOutputs => Encodes;
    /// Creates without tags, and writes them in a second call of `create`.
    TagsAfterCreate => CreateTags;
    /// Creates without tags, and leaves them to `retag`.
    ForgetsTags => CreateTags;
    /// Creates two disks with the same tags.
    CreatesTwice => OneObject;
    /// Creates a second disk that nobody owns.
    CreatesUnownedTwin => OneObject;
    /// Creates a small disk, and resizes it in the same `create`.
    CreatesInTwoCalls => OneCall;
    /// Does not send the token.
    IgnoresToken => CreateRepeats;
    /// Refuses to create what exists with the same token.
    RefusesRepetition => CreateRepeats;
    /// Answers what exists with the same token, and creates another disk all the same.
    AddsTwinOnRepetition => CreateRepeats;
    /// Loses the operation that makes a disk.
    LosesOperationOfCreate => OperationHandle;
    /// Loses the operation that changes a disk.
    LosesOperationOfChange => OperationHandle;
    /// Loses the operation that removes a disk.
    LosesOperationOfDelete => OperationHandle;
    /// Takes the end of an operation for its middle.
    PollsForEver => PollEnds;
    /// Fails to ask about operations.
    FailsToPoll => PollEnds;
    /// Does not read a field back.
    ForgetsField => RoundTrip;
    /// Reads a field that cannot be changed in another form.
    RenamesField => RoundTrip;
    /// Finds nothing by token.
    FindsNothingByToken => FindAgrees;
    /// Shows all of the stack by token.
    IgnoresTokenInFind => FindAgrees;
    /// Lists without the tags.
    ListsWithoutTags => FindAgrees;
    /// Finds nothing by id.
    FindsNothingById => FindAgrees;
    /// Fails when the one id that it looks up is not there.
    FailsOnGone => GoneLeftOut;
    /// Fails when one of several ids is not there.
    FailsOnGoneAmongOthers => GoneLeftOut;
    /// Fails when nothing has the token.
    FailsOnUnknownToken => GoneLeftOut;
    /// Stops at the first id that is not there.
    DropsRestOfBatch => BatchSurvives;
    /// Lists the disks of other stacks too.
    ListsOtherStacks => OnlyOurs;
    /// Lists disks without an owner too.
    ListsUnowned => OnlyOurs;
    /// Reads one page of a list.
    ForgetsPages => EveryPage;
    /// Reads one page of those that it looks up by id.
    ForgetsPagesOfIds => EveryPage;
    /// Makes a mutating call while looking.
    WritesWhileFinding => ReadsOnly;
    /// Makes a mutating call while asking about an operation.
    WritesWhilePolling => ReadsOnly;
    /// Takes every 404 of a look for "there is none".
    TakesAnyNotFoundForGone => ErrorsAreTold;
    /// Takes every 404 of a deletion for "it is deleted".
    TakesAnyNotFoundForDeleted => ErrorsAreTold;
    /// Takes "not implemented" for "nothing to change".
    SwallowsErrorOfChange => ErrorsAreTold;
    /// Reports changes that it does not make.
    ChangesNothing => ChangeConverges;
    /// Fails when more than one field differs.
    FailsToChange => ChangeConverges;
    /// Makes all calls of a change at once.
    ChangesInTwoCalls => ChangeOneCall;
    /// Does not remove tags.
    IgnoresUnset => RetagExact;
    /// Removes the tags of others.
    RemovesOtherTags => RetagExact;
    /// Cannot write tags.
    FailsToRetag => RetagExact;
    /// Makes a call for each tag.
    TagsOneByOne => RetagCalls;
    /// Reports deletions that it does not make.
    DeletesNothing => DeleteEnds;
    /// Fails to delete.
    FailsToDelete => DeleteEnds;
    /// Waits for ever when a disk that it should delete is gone.
    HangsOnGone => DeleteRepeats;
    /// Fails, and not by `NotFound`, when a disk that it should delete is gone.
    FailsToDeleteGone => DeleteRepeats;
    /// Deletes the disks of other stacks too.
    DeletesOtherStacks => DeleteOnlyGiven;
    /// Says that nothing happened when an answer is lost.
    TakesLostForRefused => LostAnswer;
    /// Waits for ever for an answer that is lost.
    HangsOnLost => LostAnswer;
    /// Repeats a create call whose answer is lost.
    RepeatsItself => NoRetry;
}

/// The driver of disks, with one defect.
#[derive(Clone, Debug)]
pub struct Broken {
    honest: Honest,
    defect: Defect,
}

impl Broken {
    /// A driver on an API.
    pub fn new(api: Fake, defect: Defect) -> Self {
        Self { honest: Honest::new(api), defect }
    }
}
