//! `kentongan demo`: the service over an invented scenario, played through the same intake and on the scenario's clock.

use crate::assets;
use crate::config::Config;
use crate::output;
use crate::serve::{self, Site, wall};
use crate::user_error;
use anyhow::{Context, Result};
use domain::place::{Area, Areas, Code};
use intake::scenario_player::{ScenarioPlayer, Speed};
use std::sync::Arc;
use store::Role;
use web::account::{self, NewAccount};

/// Plays the scenario in the configured data folder if it is the caller's own, else in one that goes with the demo.
pub async fn run(mut config: Config, own_folder: bool, speed: Speed) -> Result<()> {
    let mut player = ScenarioPlayer::read(assets::SCENARIO, assets::SCENARIO_FEEDS, wall)?;
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
    let listen = config.service.listen.clone();
    let clock = player.clock();
    let banner = "data buatan, bukan kejadian nyata".to_owned();
    let site = Site::open(config, Arc::new(move || clock.now()), Some(banner)).await?;
    let listener = serve::listen(&listen).await?;
    let address = listener.local_addr()?;
    let (writer, token) = (site.intake.log_writer().clone(), site.config.metrics_token_path());
    player.register(&writer).await?;
    let regency = Areas::of([Area::Regency(Code(161_300))]);
    let new = |name, role| NewAccount { name, role, areas: regency.clone(), person: "" };
    let desk = account::add(&site.store, new("piket", Role::Desk), None).await?;
    let leader = account::add(&site.store, new("pimpinan", Role::Leader), None).await?;
    output::announce(format_args!(
        "Skenario Musi Rawas Utara: data buatan, 90 hari, 24 sumber laporan. · An invented scenario.\n\
         buka · open   http://{address}/\n\
         login         piket / {desk}\n              (pimpinan: pimpinan / {leader})\n\
         metrik · metrics  curl -H \"Authorization: Bearer $(cat {})\" http://{address}/metrics\n\
         berhenti · stop   Ctrl-C",
        token.display()
    ));
    let playing = tokio::spawn(async move {
        match player.play(&writer, speed).await {
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
