//! What must not compile. The messages are the compiler's; the test fails when one of them changes, or when a program compiles.

#[test]
fn what_cannot_be_right_does_not_build() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
