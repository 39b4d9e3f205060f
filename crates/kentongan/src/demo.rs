//! `kentongan demo`: the service over an invented scenario, played through the same intake and on the scenario's clock, with
//! a team whose messages stand on a page and leave the process by no way.

use crate::assets;
use crate::config::Config;
use crate::output;
use crate::serve::{self, Site, wall};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use domain::place::{Area, Areas, Code, Zone};
use intake::new_report_id;
use intake::scenario_player::{ScenarioPlayer, Speed};
use notify::team::Team;
use std::sync::Arc;
use store::Role;
use views::registration::flood_to_try;
use views::{Lang, format};
use web::account::{self, NewAccount};
use worker::ServiceClock;

/// The feed whose token is printed, and where nothing happens at any moment.
const FEED: &str = "bpbd-muratara";
const QUIET_DISTRICT: Code = Code(161_307);

/// Whose account the desk's is: the same person as in the team's roster, who is no second person to themselves.
const DESK_PERSON: &str = "contoh-piket";

/// Plays the scenario in the configured data folder if it is the caller's own, else in one that goes with the demo.
pub async fn run(mut config: Config, own_folder: bool, at: Option<&str>, speed: Option<Speed>) -> Result<()> {
    let mut player = ScenarioPlayer::read(assets::SCENARIO, assets::SCENARIO_FEEDS, wall)?;
    let playing = player.playing(at, speed).or_user_error()?;
    let mut temporary = None;
    if !own_folder {
        let folder = tempfile::tempdir().context("making a folder for the demo")?;
        config.service.data = folder.path().to_path_buf();
        temporary = Some(folder);
    }
    config.places.regencies = vec!["16.13".to_owned()];
    if ["state.sqlite", "log.sqlite"].iter().any(|name| config.service.data.join(name).exists()) {
        return Err(user_error::new(format!(
            "'{}' holds data already; the demo starts from nothing: give an empty folder with --data",
            config.service.data.display()
        )));
    }
    let listener = serve::listen(&config.service.listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    config.service.public_url.clone_from(&url);
    let clock = player.clock();
    let now: ServiceClock = Arc::new(move || clock.now());
    let mut site = Site::open(config, now.clone(), true).await?;
    // Messages are due by the scenario's clock too, and leave this process by no way.
    site.wall = now;
    site.team = Arc::new(Team::in_process(assets::TEAM).context("reading the demo's team")?);
    let writer = site.intake.log_writer().clone();
    let tokens = player.register(&writer).await?;
    announce(&site).await?;
    let (token, id) = (&tokens[FEED], new_report_id(wall()).context("making an id")?);
    let now = format::long(playing.from, Zone::Wib, Lang::Id);
    let attempt = flood_to_try(&url, token, (QUIET_DISTRICT, id), playing.from, Lang::Id);
    let words = format!(
        "sekarang · now    {now}\ntoken         {FEED} / {token}\ncoba · try    tempel baris ini di terminal lain · paste this line into another terminal:\n{attempt}"
    );
    let reached = Box::new(move || output::announce(format_args!("{words}")));
    let metrics = site.metrics.worker().clone();
    let playing = tokio::spawn(async move {
        match player.play(&writer, playing, Arc::new(move || metrics.waiting()), reached).await {
            Ok(()) => output::announce(format_args!(
                "Skenario selesai dimainkan; jam terus berjalan. · The scenario has been played; its clock runs on."
            )),
            Err(error) => tracing::error!(%error, "playing the scenario stopped"),
        }
    });
    let served = serve::run(site, listener).await;
    playing.abort();
    drop(temporary);
    served
}

/// Says where it is and who may log in.
async fn announce(site: &Site) -> Result<()> {
    let regency = Areas::of([Area::Regency(Code(161_300))]);
    let new = |name, role, person| NewAccount { name, role, areas: regency.clone(), person, feed: "" };
    let desk = account::add(&site.store, new("piket", Role::Desk, DESK_PERSON), None).await?;
    let leader = account::add(&site.store, new("pimpinan", Role::Leader, "pimpinan"), None).await?;
    let (url, token) = (&site.config.service.public_url, site.config.metrics_token_path());
    output::announce(format_args!(
        "Skenario Musi Rawas Utara: data buatan, 90 hari, 24 sumber laporan. · An invented scenario.\n\
         buka · open   {url}/\n\
         login         piket / {desk}\n              (pimpinan: pimpinan / {leader})\n\
         metrik · metrics  curl -H \"Authorization: Bearer $(cat {})\" {url}/metrics\n\
         berhenti · stop   Ctrl-C",
        token.display()
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desks_account_is_the_person_of_the_roster() {
        let team = Team::in_process(assets::TEAM).unwrap();
        let desk: Vec<&str> = team.desk(Code(161_300)).map(|member| member.person.as_str()).collect();
        assert_eq!(desk, [DESK_PERSON]);
        assert!(team.seconders(Code(161_304)).all(|member| member.person != DESK_PERSON));
        assert_ne!(team.seconders(Code(161_304)).count(), 0, "somebody can be the second person");
    }
}
