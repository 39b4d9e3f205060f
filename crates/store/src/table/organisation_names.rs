//! Table `organisation_names`: what each organisation is and was called. A name stays its own, also once no feed is of it.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;

table_row! {
    /// A name and whose it is or was.
    struct OrganisationName in "organisation_names", key 1 {
        pub name: String,
        /// The identifier that its reports are stamped with.
        pub organisation: String,
    }
}

/// Keeps how an organisation is called; whose a name was first it stays. A feed that is its own organisation has no name to keep.
pub(super) async fn keep(
    tx: &mut Connection<'_>,
    organisation: &str,
    called: &str,
) -> Result<(), StoreError> {
    const FIRST: &str = "ON CONFLICT (name) DO NOTHING";
    if organisation.is_empty() || StampedAuthor::feed_of(organisation).is_some() {
        return Ok(());
    }
    let named =
        |name: &str| OrganisationName { name: name.to_owned(), organisation: organisation.to_owned() };
    let mut names = vec![named(organisation), named(called)];
    names.dedup();
    Bulk::insert::<OrganisationName>().with_tail(FIRST).run_rows(tx, names).await.map(drop)
}

impl Store {
    /// What organisations are and were called, with whose each name is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn organisation_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        let query = sql::query(format!("{} 1 = 1 ORDER BY name", sql::select::<OrganisationName>()));
        let rows = sql::read_all::<OrganisationName>(&query.fetch_all(&self.readers).await?)?;
        Ok(rows.into_iter().map(|row| (row.name, row.organisation)).collect())
    }

    /// The organisation that is or was called so; `None` where none was.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn organisation_once_called(&self, name: &str) -> Result<Option<String>, StoreError> {
        let query = sql::query(format!("{} name = $1", sql::select::<OrganisationName>()));
        let rows = query.bind(name.to_owned()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<OrganisationName>(&rows)?.pop().map(|found| found.organisation))
    }
}
