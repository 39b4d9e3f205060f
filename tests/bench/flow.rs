//! The workload over Kafka, and the least a program can do with it there: a bare pass-through.
//!
//! The pass-through takes the feeds' topics into `reports` as intake does, and `reports` into one table of PostgreSQL
//! with one plain bulk insert a batch. It decodes nothing, keys by nothing and decides nothing.

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};
use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// The classes the workload speaks as, each with the feed it goes to.
pub const FEEDS: [(&str, &str); 3] = [("village", "desa"), ("police", "polres"), ("company", "perusahaan")];
/// Partitions of `reports` in the measurements and tests: the test broker asks its database for each of them.
pub const PARTITIONS: i32 = 8;
/// Records in one batch of the pass-through, as in config/scale.toml.
const BATCH: usize = 1000;

type Failed = Box<dyn Error>;

/// The topic a line belongs to, by the class it says it is; one too broken to say so goes to the police's.
pub fn topic(line: &[u8]) -> String {
    let head = &line[..line.len().min(80)];
    let says = |class: &str| memchr::memmem::find(head, format!("\"feed\":\"{class}\"").as_bytes()).is_some();
    let (class, name) = FEEDS.iter().find(|(class, _)| says(class)).unwrap_or(&FEEDS[1]);
    format!("feed.{class}.{name}")
}

/// Gives the test broker's database the index it lacks: it looks for each record's headers among all of them. And bids
/// it keep everything: every ten minutes it cleans its topics, and answers nobody for as long as that takes.
pub fn quicken(database: &Path) -> Result<(), sqlx::Error> {
    const QUICKER: &str = "CREATE INDEX IF NOT EXISTS header_by_record ON header (topition, offset_id); \
                           DELETE FROM topic_configuration WHERE name = 'cleanup.policy'";
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(Duration::from_secs(20));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(async { SqliteConnection::connect_with(&options).await?.execute(QUICKER).await.map(drop) })
}

/// Whether every member of the test broker's `group` has its assignment. A member that leaves before that,
/// and leads the group, stays its leader for ever: nobody is assigned anything again.
pub fn is_formed(database: &Path, group: &str) -> Result<bool, sqlx::Error> {
    const FORMED: &str = "SELECT json_type(d.detail, '$.state.Formed') IS NOT NULL \
                          FROM consumer_group_detail d JOIN consumer_group g ON g.id = d.consumer_group WHERE g.name = ?";
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(Duration::from_secs(20));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let formed = sqlx::query_scalar(FORMED).bind(group).fetch_optional(&mut connection).await?;
        Ok(formed.unwrap_or(false))
    })
}

/// Produces lines to their feeds' topics; at most `rate` a second, 0 as fast as it goes. Answers once all are kept.
pub fn produce<'a>(
    brokers: &str,
    lines: impl Iterator<Item = &'a [u8]>,
    rate: u32,
) -> Result<usize, KafkaError> {
    let producer = producer(brokers)?;
    let (began, mut count) = (Instant::now(), 0);
    for line in lines {
        if rate > 0 {
            let due = began + Duration::from_secs(1) * count as u32 / rate;
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        send(&producer, BaseRecord::<(), [u8]>::to(&topic(line)).payload(line))?;
        count += 1;
    }
    producer.flush(Duration::from_secs(300))?;
    Ok(count)
}

/// Makes the topics the pass-through works on.
pub async fn make_topics(brokers: &str) -> Result<(), Failed> {
    let client: AdminClient<DefaultClientContext> = settings(brokers).create()?;
    let names: Vec<String> = FEEDS.iter().map(|(class, name)| format!("feed.{class}.{name}")).collect();
    let mut topics: Vec<NewTopic<'_>> =
        names.iter().map(|name| NewTopic::new(name, 1, TopicReplication::Fixed(1))).collect();
    topics.push(NewTopic::new("reports", PARTITIONS, TopicReplication::Fixed(1)));
    for made in client.create_topics(&topics, &AdminOptions::new()).await? {
        made.map_err(|(name, code)| format!("making the topic '{name}': {code}"))?;
    }
    Ok(())
}

/// Passes everything through until it is ended.
pub async fn pass(brokers: &str, url: &str) -> Result<(), Failed> {
    let mut database = PgConnection::connect(url).await?;
    let table = "CREATE TABLE passed (log_partition BIGINT NOT NULL, log_offset BIGINT NOT NULL, feed TEXT NOT NULL, \
                 received_at BIGINT NOT NULL, bytes BYTEA NOT NULL, \
                 kept_at BIGINT NOT NULL DEFAULT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT), \
                 PRIMARY KEY (log_partition, log_offset))";
    database.execute(table).await?;
    let own = brokers.to_owned();
    thread::spawn(move || {
        if let Err(error) = forward(&own) {
            eprintln!("kentongan-bench: {error}");
            std::process::exit(1);
        }
    });
    keep(brokers, &mut database).await
}

/// Feeds' topics into `reports`.
fn forward(brokers: &str) -> Result<(), KafkaError> {
    let (consumer, producer) = (consumer(brokers, "intake", &["^feed\\..+"])?, producer(brokers)?);
    let mut partition = 0;
    loop {
        let mut came = 0;
        while came < BATCH {
            let wait = if came == 0 { Duration::from_secs(1) } else { Duration::from_millis(10) };
            let Some(message) = consumer.poll(wait) else { break };
            let message = match message {
                Err(KafkaError::MessageConsumption(_)) => continue,
                message => message?,
            };
            let feed = message.topic().rsplit('.').next().unwrap_or_default();
            let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_micros().to_string();
            let headers =
                OwnedHeaders::new_with_capacity(1).insert(Header { key: "received-at", value: Some(&now) });
            let record = BaseRecord::<str, [u8]>::to("reports").partition(partition).key(feed);
            send(&producer, record.payload(message.payload().unwrap_or_default()).headers(headers))?;
            partition = (partition + 1) % PARTITIONS;
            came += 1;
        }
        if came > 0 {
            producer.flush(Duration::from_secs(60))?;
            consumer.commit_consumer_state(CommitMode::Async)?;
        }
    }
}

/// `reports` into the table.
async fn keep(brokers: &str, database: &mut PgConnection) -> Result<(), Failed> {
    const INSERT: &str = "INSERT INTO passed (log_partition, log_offset, feed, received_at, bytes) \
                          SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bytea[])";
    let consumer = consumer(brokers, "worker", &["reports"])?;
    loop {
        let (mut places, mut offsets, mut feeds, mut times, mut bytes) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        while places.len() < BATCH {
            let wait = if places.is_empty() { Duration::from_secs(1) } else { Duration::ZERO };
            let Some(message) = consumer.poll(wait) else { break };
            let message = match message {
                Err(KafkaError::MessageConsumption(_)) => continue,
                message => message?,
            };
            places.push(i64::from(message.partition()));
            offsets.push(message.offset());
            feeds.push(String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned());
            times.push(message.timestamp().to_millis().unwrap_or_default());
            bytes.push(message.payload().unwrap_or_default().to_vec());
        }
        if places.is_empty() {
            continue;
        }
        let insert = sqlx::query(INSERT).bind(places).bind(offsets).bind(feeds).bind(times).bind(bytes);
        insert.execute(&mut *database).await?;
        consumer.commit_consumer_state(CommitMode::Async)?;
    }
}

fn send<K: rdkafka::message::ToBytes + ?Sized>(
    producer: &ThreadedProducer<DefaultProducerContext>,
    mut record: BaseRecord<'_, K, [u8]>,
) -> Result<(), KafkaError> {
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                record = back;
                thread::sleep(Duration::from_millis(5));
            }
            Err((error, _)) => return Err(error),
        }
    }
}

fn settings(brokers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    config
}

/// As the product's own.
fn producer(brokers: &str) -> Result<ThreadedProducer<DefaultProducerContext>, KafkaError> {
    let mut config = settings(brokers);
    config.set("compression.type", "lz4").set("linger.ms", "5").set("message.timeout.ms", "300000");
    config.set("enable.idempotence", "true").set("acks", "all");
    config.create()
}

fn consumer(brokers: &str, group: &str, topics: &[&str]) -> Result<BaseConsumer, KafkaError> {
    let mut config = settings(brokers);
    config.set("group.id", format!("pass-{group}")).set("enable.auto.commit", "false");
    config.set("partition.assignment.strategy", "cooperative-sticky").set("auto.offset.reset", "earliest");
    config.set("queued.min.messages", "20000").set("queued.max.messages.kbytes", "16384");
    // As tests/bench/scale.py sets them for the product.
    config.set("fetch.wait.max.ms", "50").set("fetch.max.bytes", "1000000");
    let consumer: BaseConsumer = config.create()?;
    consumer.subscribe(topics)?;
    Ok(consumer)
}
