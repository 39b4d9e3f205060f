//! What is kept of a provider's words, whichever way they came.

use super::Gateway;
use super::receipt::ReceiptRule;
use super::template::Escape;
use crate::channels::without_address;
use crate::secret::Secret;

impl Gateway {
    /// Words of the provider as logs, pages and the store may have them: providers repeat what they were sent, and neither a secret,
    /// as it is or as it was written into a call, nor the receiver's address is shown to anybody. Cut to a length only then.
    pub(crate) fn kept_words(&self, to: &str, words: &str) -> String {
        let own = self.secret.as_ref().and_then(|secret| secret.as_ref().ok());
        let secrets = own.into_iter().chain(self.receipt.as_ref().and_then(ReceiptRule::secret));
        let masked = secrets.map(Secret::expose).fold(words.to_owned(), |words, secret| {
            let written = [Escape::Nothing, Escape::Json, Escape::Percent].map(|escape| escape.of(secret));
            written.iter().fold(words, |words, secret| words.replace(secret.as_str(), "***"))
        });
        crate::clip(&without_address(to, &masked))
    }
}
