//! Why a view cannot be given.

use store::StoreError;

#[derive(Clone, Debug, thiserror::Error)]
pub enum ViewError {
    #[error("there is no such thing, or no longer")]
    NotFound,
    /// The viewer's role or areas do not reach so far.
    #[error("the account's role or areas do not allow this")]
    Forbidden,
    #[error(transparent)]
    Store(#[from] StoreError),
}
