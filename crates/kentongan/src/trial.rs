//! `kentongan notify test`: a trial message to one person of the team, and what each of their channels answered.

use crate::catalog::{self, LoadedCatalog};
use crate::config::Config;
use crate::output::print_line;
use crate::serve::wall;
use crate::show;
use crate::user_error::{self, OrUserError};
use anyhow::{Error, Result, bail};
use clap::Subcommand;
use notify::message::MessageSettings;
use notify::{Channels, Trial, TrialAnswer};

#[derive(Subcommand)]
pub enum NotifyVerb {
    /// Send a trial message through each channel of a person of the team, and say what each answered
    Test {
        /// Key (16.13/camat), short name or role of the person
        person: String,
        /// Language of the answer: id or en
        #[arg(long, default_value = "id", value_name = "LANG")]
        lang: String,
    },
}

/// Sends it, and ends with an error where a channel did not take it.
pub async fn run(config: &Config, person: &str, lang: &str) -> Result<()> {
    let lang = show::language(lang)?;
    let catalog = LoadedCatalog::load(config, None)?;
    let team = catalog::team(config)?;
    let member = team.meant(person, lang).map_err(user_error::new)?;
    let env = |name: &str| std::env::var(name).ok();
    let channels = Channels::open(&config.notify, &env).map_err(Error::msg).or_user_error()?;
    let settings = MessageSettings::new(&config.service.public_url, false, &catalog.taxonomy);
    let (places, limit, now) = (&catalog.places, config.notify.timeout(), wall());
    let trial = Trial { team: &team, places, settings: &settings, channels: &channels, limit, now };
    let answers = trial.send(member).await;
    answers.iter().for_each(|answer| print_line!("{}", answer.words(lang)));
    match TrialAnswer::refusal(&answers, member, lang) {
        Some(words) => bail!(words),
        None => Ok(()),
    }
}
