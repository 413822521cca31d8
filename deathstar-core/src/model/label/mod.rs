//! Kubernetes labels and taints.

mod labels;
mod taint;

pub use labels::{LabelError, LabelErrors, Labels};
pub use taint::{Taint, TaintEffect, TaintError};
