//! What librdkafka says on the way: into our log, and an error in words a person can act on.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Passes on what the library logs and keeps its last error, which says more than the call that failed.
#[derive(Clone, Default)]
pub struct Reporter(Arc<Mutex<Option<(String, Instant)>>>);

/// The same error is logged again only so much later: a client without a broker says it many times a second.
const AGAIN: Duration = Duration::from_secs(15);

impl Reporter {
    pub fn last(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(words, _)| words.clone())
    }

    /// Keeps and logs an error that came outside a call.
    pub fn keep(&self, error: &KafkaError, reason: &str) {
        if matches!(error, KafkaError::PartitionEOF(_))
            || error.rdkafka_error_code() == Some(RDKafkaErrorCode::PartitionEOF)
        {
            return; // an event like any other
        }
        let words = match error.rdkafka_error_code() {
            Some(code) => in_words(code, reason),
            None => format!("{error}: {reason}"),
        };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What a refusal leads to says less than the refusal, which was logged.
        let vague = matches!(
            error.rdkafka_error_code(),
            Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::BrokerTransportFailure)
        );
        if vague && last.as_ref().is_some_and(|(_, at)| at.elapsed() < AGAIN) {
            return;
        }
        let code = words.split('(').next().map(str::to_owned);
        let known = |(before, at): &(String, Instant)| {
            before.split('(').next().map(str::to_owned) == code && at.elapsed() < AGAIN
        };
        if !last.as_ref().is_some_and(known) {
            tracing::warn!(error = words, "kafka");
            *last = Some((words, Instant::now()));
        }
    }
}

impl ClientContext for Reporter {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        note(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.keep(&error, reason);
    }
}

/// A line of the library's own log. Its warnings repeat while a broker is away; the errors they lead to are reported.
pub fn note(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
            tracing::error!(facility, "kafka: {message}")
        }
        // A property of producers is none of consumers', and the other way round; both get all that is configured.
        _ if facility == "CONFWARN" => tracing::debug!(facility, "kafka: {message}"),
        RDKafkaLogLevel::Error | RDKafkaLogLevel::Warning => tracing::info!(facility, "kafka: {message}"),
        _ => tracing::debug!(facility, "kafka: {message}"),
    }
}

/// A broker's error code as what happened and what to do.
pub fn in_words(code: RDKafkaErrorCode, reason: &str) -> String {
    use RDKafkaErrorCode as Code;
    let hint = match code {
        Code::Authentication | Code::SaslAuthenticationFailed => {
            "the broker refused this user; check sasl.username, KENTONGAN_KAFKA_PASSWORD and sasl.mechanism"
        }
        Code::TopicAuthorizationFailed => {
            "the broker refused this user the topic; give it the right with the broker's ACLs"
        }
        Code::GroupAuthorizationFailed => {
            "the broker refused this user the consumer group; give it Read on the group with the broker's ACLs"
        }
        Code::ClusterAuthorizationFailed => {
            "the broker refused this user the cluster; idempotent writing or making topics needs a right there"
        }
        Code::SSL => "TLS failed; check ssl.ca.location, the certificate's name and security.protocol",
        Code::AllBrokersDown | Code::BrokerTransportFailure | Code::Resolve => {
            "no broker answers; check kafka.brokers, the network and security.protocol"
        }
        Code::UnknownTopicOrPartition | Code::UnknownTopic => "make the topics with `kentongan migrate`",
        _ => return format!("{code}: {reason}"),
    };
    format!("{hint} ({code}: {reason})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use RDKafkaErrorCode as Code;

    #[test]
    fn a_refusal_is_given_in_words() {
        let cases = [
            (Code::SaslAuthenticationFailed, "sasl.username"),
            (Code::Authentication, "KENTONGAN_KAFKA_PASSWORD"),
            (Code::TopicAuthorizationFailed, "ACLs"),
            (Code::GroupAuthorizationFailed, "consumer group"),
            (Code::ClusterAuthorizationFailed, "idempotent"),
            (Code::SSL, "ssl.ca.location"),
            (Code::UnknownTopicOrPartition, "kentongan migrate"),
            (Code::AllBrokersDown, "kafka.brokers"),
        ];
        for (code, word) in cases {
            let words = in_words(code, "reading");
            assert!(words.contains(word) && words.contains("reading"), "{words}");
        }
        assert!(in_words(Code::RequestTimedOut, "reading").ends_with(": reading"));
    }
}
