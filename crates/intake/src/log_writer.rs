//! Where the intake writes: the embedded log, or Kafka.

use crate::kafka::Appender;
use domain::place::Code;
use store::{Log, NewRecord, StoreError};

/// The log behind the intake.
#[derive(Clone)]
pub enum LogWriter {
    Embedded(Log),
    Kafka(Appender),
}

impl LogWriter {
    /// Returns once all records are kept; `regencies` says where each belongs, as far as that can be read.
    pub(crate) async fn append(
        &self,
        records: Vec<NewRecord>,
        regencies: Vec<Option<Code>>,
    ) -> Result<(), StoreError> {
        match self {
            LogWriter::Embedded(log) => log.append(records).await.map(drop),
            LogWriter::Kafka(appender) => {
                let keyed = records.into_iter().zip(regencies).map(|(record, code)| (record, code, None));
                appender.append(&keyed.collect::<Vec<_>>()).await
            }
        }
    }
}

impl From<Log> for LogWriter {
    fn from(log: Log) -> LogWriter {
        LogWriter::Embedded(log)
    }
}
