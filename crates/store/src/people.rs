//! Who may report and who may look: feeds, users, sessions, and the sealed identities.

use crate::error::StoreError;
use crate::sql::{self, Cell, get};
use crate::store::Store;
use domain::kind::FeedClass;
use domain::time::Time;
use sqlx::any::AnyRow;

/// A named feed with its token's SHA-256.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedRow {
    pub name: String,
    pub class: FeedClass,
    /// Codes with a space between; empty means everywhere.
    pub areas: String,
    pub token_sha256: [u8; 32],
    pub enabled: bool,
    /// Nearly all it sent was refused: nothing of it is read until then. Set by [`Store::pause_feed`] only.
    pub paused_until: Option<Time>,
    /// When it was registered; kept as first written.
    pub since: Time,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Desk,
    Team,
    /// Sees aggregates only.
    Leader,
    Administrator,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Desk, Role::Team, Role::Leader, Role::Administrator];
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Desk => "desk",
            Role::Team => "team",
            Role::Leader => "leader",
            Role::Administrator => "administrator",
        }
    }
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct User {
    pub name: String,
    pub role: Role,
    /// Codes with a space between; empty means everywhere.
    pub areas: String,
    /// Argon2, in its own text form.
    pub password_hash: String,
    pub enabled: bool,
}

/// A login that holds until it expires or is closed.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    pub user: User,
    pub created_at: Time,
    pub expires_at: Time,
}

impl Store {
    /// Adds a feed or replaces the one of that name.
    pub async fn put_feed(&self, feed: &FeedRow) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO feeds (name, class, areas, token_sha256, enabled, since) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (name) DO UPDATE SET class = excluded.class, areas = excluded.areas, \
             token_sha256 = excluded.token_sha256, enabled = excluded.enabled";
        let cells = [
            Cell::Text(feed.name.clone()),
            Cell::Text(feed.class.to_string()),
            Cell::Text(feed.areas.clone()),
            Cell::Bytes(feed.token_sha256.to_vec()),
            Cell::Int(i64::from(feed.enabled)),
            Cell::Int(feed.since.0),
        ];
        self.execute(PUT, cells).await.map(drop)
    }

    /// All feeds by name, disabled ones too.
    pub async fn feeds(&self) -> Result<Vec<FeedRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, class, areas, token_sha256, enabled, paused_until, since FROM feeds ORDER BY name",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(feed).collect()
    }

    /// Notes that a feed is paused until then, or lets it in again. False where there is no feed of that name.
    pub async fn pause_feed(&self, name: &str, until: Option<Time>) -> Result<bool, StoreError> {
        const PAUSE: &str = "UPDATE feeds SET paused_until = $1 WHERE name = $2";
        let cells = [Cell::Int(until.map_or(0, |until| until.0)), Cell::Text(name.to_owned())];
        Ok(self.execute(PAUSE, cells).await? > 0)
    }

    /// The enabled feed whose token has this SHA-256.
    pub async fn feed_by_token(&self, token_sha256: &[u8; 32]) -> Result<Option<FeedRow>, StoreError> {
        const FIND: &str = "SELECT name, class, areas, token_sha256, enabled, paused_until, since FROM feeds \
             WHERE token_sha256 = $1 AND enabled = 1";
        let row = sqlx::query(FIND).bind(token_sha256.to_vec()).fetch_optional(&self.readers).await?;
        row.as_ref().map(feed).transpose()
    }

    /// Adds a user or replaces the one of that name. Disabling one ends their sessions' use at once.
    pub async fn put_user(&self, user: &User) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO users (name, role, areas, password_hash, enabled) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (name) DO UPDATE SET role = excluded.role, areas = excluded.areas, \
             password_hash = excluded.password_hash, enabled = excluded.enabled";
        let cells = [
            Cell::Text(user.name.clone()),
            Cell::Text(user.role.as_str().to_string()),
            Cell::Text(user.areas.clone()),
            Cell::Text(user.password_hash.clone()),
            Cell::Int(i64::from(user.enabled)),
        ];
        self.execute(PUT, cells).await.map(drop)
    }

    pub async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        let row = sqlx::query("SELECT name, role, areas, password_hash, enabled FROM users WHERE name = $1")
            .bind(name.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(user).transpose()
    }

    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query("SELECT name, role, areas, password_hash, enabled FROM users ORDER BY name")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(user).collect()
    }

    /// Forgets sessions that expired by `now`; returns how many.
    pub async fn forget_expired_sessions(&self, now: Time) -> Result<u64, StoreError> {
        self.execute("DELETE FROM sessions WHERE expires_at <= $1", [Cell::Int(now.0)]).await
    }

    /// Keeps a login under the SHA-256 of its token.
    pub async fn open_session(
        &self,
        token_hash: &[u8; 32],
        user: &str,
        created_at: Time,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        const OPEN: &str =
            "INSERT INTO sessions (token_hash, user_name, created_at, expires_at) VALUES ($1, $2, $3, $4)";
        let cells = [
            Cell::Bytes(token_hash.to_vec()),
            Cell::Text(user.to_string()),
            Cell::Int(created_at.0),
            Cell::Int(expires_at.0),
        ];
        self.execute(OPEN, cells).await.map(drop)
    }

    /// The session of a token that has not expired and whose user is enabled.
    pub async fn session(&self, token_hash: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
        const FIND: &str = "SELECT u.name, u.role, u.areas, u.password_hash, u.enabled, s.created_at, s.expires_at \
             FROM sessions s JOIN users u ON u.name = s.user_name \
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.enabled = 1";
        let row =
            sqlx::query(FIND).bind(token_hash.to_vec()).bind(now.0).fetch_optional(&self.readers).await?;
        row.map(|row| {
            Ok(Session {
                user: user(&row)?,
                created_at: Time(get(&row, 5)?),
                expires_at: Time(get(&row, 6)?),
            })
        })
        .transpose()
    }

    pub async fn close_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        let cells = [Cell::Bytes(token_hash.to_vec())];
        self.execute("DELETE FROM sessions WHERE token_hash = $1", cells).await.map(drop)
    }

    /// Ends every session of a user (a new password, an account disabled).
    pub async fn close_sessions_of(&self, user: &str) -> Result<(), StoreError> {
        let cells = [Cell::Text(user.to_string())];
        self.execute("DELETE FROM sessions WHERE user_name = $1", cells).await.map(drop)
    }

    /// Keeps who a pseudonym is, sealed by the caller. No list ever gives it out.
    pub async fn seal_identity(&self, reporter: &str, sealed: &str) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO identities (reporter, sealed) VALUES ($1, $2) \
             ON CONFLICT (reporter) DO UPDATE SET sealed = excluded.sealed";
        self.execute(PUT, [Cell::Text(reporter.to_string()), Cell::Text(sealed.to_string())]).await.map(drop)
    }

    pub async fn sealed_identity(&self, reporter: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT sealed FROM identities WHERE reporter = $1")
            .bind(reporter.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| get(&row, 0)).transpose()
    }

    /// One statement in its own transaction; how many rows it touched.
    pub(crate) async fn execute(
        &self,
        statement: &'static str,
        cells: impl IntoIterator<Item = Cell>,
    ) -> Result<u64, StoreError> {
        let mut connection = self.writing().await?;
        let done = sqlx::query_with(statement, sql::arguments(cells)).execute(&mut *connection).await?;
        Ok(done.rows_affected())
    }
}

fn feed(row: &AnyRow) -> Result<FeedRow, StoreError> {
    Ok(FeedRow {
        name: get(row, 0)?,
        class: sql::word(row, 1, FeedClass::parse)?,
        areas: get(row, 2)?,
        token_sha256: crate::alert::hash(row, 3)?,
        enabled: sql::flag(row, 4)?,
        paused_until: Some(Time(get(row, 5)?)).filter(|until| until.0 > 0),
        since: Time(get(row, 6)?),
    })
}

fn user(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        name: get(row, 0)?,
        role: sql::word(row, 1, Role::parse)?,
        areas: get(row, 2)?,
        password_hash: get(row, 3)?,
        enabled: sql::flag(row, 4)?,
    })
}
