//! Tables `users` and `sessions`: who may look, and their logins.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Column, TableRow, table_row, words};
use crate::store::{Store, in_transaction};
use async_recursion::async_recursion as boxed;
use domain::place::Areas;
use domain::time::Time;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Desk,
    Team,
    /// Sees aggregates only.
    Leader,
    Administrator,
    /// Reports for one registered feed and sees what that feed reported.
    Reporter,
}

impl Role {
    pub const ALL: [Role; 5] = [Role::Desk, Role::Team, Role::Leader, Role::Administrator, Role::Reporter];
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Desk => "desk",
            Role::Team => "team",
            Role::Leader => "leader",
            Role::Administrator => "administrator",
            Role::Reporter => "reporter",
        }
    }
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

words! {
    Role, Role::parse;
}

table_row! {
    pub struct User in "users", key 1 {
        pub name: String,
        pub role: Role,
        /// What they may see.
        pub areas: Areas,
        /// Argon2, in its own text form.
        pub password_hash: String,
        pub enabled: bool,
        /// The identifier of the person whose account it is; empty where nobody wrote it down.
        pub person: String,
        /// The feed that a reporter's account reports for; empty for every other role.
        pub feed: String,
    }
}

table_row! {
    struct SessionRow in "sessions", key 1 {
        token_hash: [u8; 32],
        user_name: String,
        created_at: Time,
        expires_at: Time,
    }
}

/// A login that holds until it expires or is closed.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    pub user: User,
    pub created_at: Time,
    pub expires_at: Time,
}

impl Store {
    /// Adds a user or replaces the one of that name. Disabling one ends their sessions' use at once.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn put_user(&self, user: &User) -> Result<(), StoreError> {
        let user = user.clone();
        in_transaction!(self, tx => Bulk::upsert::<User>().run_rows(&mut tx, [user]).await).map(drop)
    }

    /// Adds a user; false, and nothing is changed, where there is one of that name, added by whichever process.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn add_user(&self, user: &User) -> Result<bool, StoreError> {
        let user = user.clone();
        let added = in_transaction!(self, tx => Bulk::insert_new::<User>().run_rows(&mut tx, [user]).await);
        added.map(|rows| rows == 1)
    }

    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        let query = sql::query(format!("{} name = $1", sql::select::<User>())).bind(name);
        Ok(sql::read_all(&query.fetch_all(&self.readers).await?)?.into_iter().next())
    }

    /// All users by name, disabled ones too.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let query = sql::query(format!("{} 1 = 1 ORDER BY name", sql::select::<User>()));
        sql::read_all(&query.fetch_all(&self.readers).await?)
    }

    /// Forgets sessions that expired by `now`; returns how many.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn forget_expired_sessions(&self, now: Time) -> Result<u64, StoreError> {
        self.execute(sql::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0)).await
    }

    /// Keeps a login under the SHA-256 of its token.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn open_session(
        &self,
        token_hash: &[u8; 32],
        user: &str,
        created_at: Time,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        let row = SessionRow { token_hash: *token_hash, user_name: user.to_owned(), created_at, expires_at };
        in_transaction!(self, tx => Bulk::insert::<SessionRow>().run_rows(&mut tx, [row]).await).map(drop)
    }

    /// The session of a token that has not expired and whose user is enabled.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn session(&self, token_hash: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
        let text = format!(
            "SELECT {}, s.created_at, s.expires_at FROM sessions s JOIN users u ON u.name = s.user_name \
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.enabled = 1",
            sql::columns::<User>("u.")
        );
        let row =
            sql::query(text).bind(token_hash.to_vec()).bind(now.0).fetch_optional(&self.readers).await?;
        let after = User::COLUMNS.len();
        row.map(|row| {
            Ok(Session {
                user: User::read(&row, 0)?,
                created_at: Time::read(&row, after)?,
                expires_at: Time::read(&row, after + 1)?,
            })
        })
        .transpose()
    }

    /// Ends a session; false where there was none.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn close_session(&self, token_hash: &[u8; 32]) -> Result<bool, StoreError> {
        let delete = sql::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash.to_vec());
        Ok(self.execute(delete).await? > 0)
    }

    /// Ends every session of a user (a new password, an account disabled).
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn close_sessions_of(&self, user: &str) -> Result<(), StoreError> {
        self.execute(sql::query("DELETE FROM sessions WHERE user_name = $1").bind(user)).await.map(drop)
    }
}
