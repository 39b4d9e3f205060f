//! A full disk, and a log at its limit: 503, nothing lost, and on it goes when there is room.

use super::site::{Site, caught_up, next_hour, post};
use kentongan_tests::house;
use kentongan_tests::ingest::Source;
use kentongan_tests::service::Service;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Posts until the answer is 503; gives what was accepted before.
#[track_caller]
fn fill(site: &Site, service: &Service, source: &mut Source) -> Vec<String> {
    let mut accepted = Vec::new();
    for _ in 0..2_000 {
        let lines = source.lines(100);
        let reply = post(&site.feed(service), &lines)
            .unwrap_or_else(|error| panic!("posting: {error}\n{}", service.output()));
        match reply.status {
            202 => accepted.extend(lines),
            503 => {
                let kind = reply.header("content-type").unwrap_or_default().to_owned();
                assert!(kind.starts_with("application/problem+json"), "{kind}: {}", reply.text());
                return accepted;
            }
            status => panic!("{status}: {}", reply.text()),
        }
    }
    panic!("nothing was full after {} reports", accepted.len());
}

/// Everything accepted, before and after, and nothing else.
fn whole(site: &Site, accepted: &[String]) {
    let until = next_hour();
    assert_eq!(site.digest(&until), site.replayed(accepted, &until), "{} reports", accepted.len());
}

#[test]
fn a_log_at_its_limit_answers_503_and_stays_whole() {
    let site = Site::new();
    let mut source = Source::new(21);
    let service = site.serve("[log]\nmax_bytes = 1000000\n");
    let mut accepted = fill(&site, &service, &mut source);
    assert!(!accepted.is_empty());
    let page = service.client().get("/healthz").expect("asking for health");
    assert_eq!(page.status, 200, "a full log is no reason to be restarted");
    caught_up(&service);
    service.stop();
    let service = site.serve("");
    let lines = source.lines(100);
    assert_eq!(post(&site.feed(&service), &lines).expect("posting").status, 202);
    accepted.extend(lines);
    caught_up(&service);
    service.stop();
    whole(&site, &accepted);
}

/// A small file system in memory; taken away at the end.
struct Disk(PathBuf);

impl Disk {
    fn mount(path: &Path, size: &str) -> Option<Disk> {
        std::fs::create_dir_all(path).ok()?;
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "kentongan-test"]).arg(path).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Disk(path.to_path_buf()))
    }

    fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let status =
            Command::new("mount").args(["-o", &options]).arg(&self.0).status().expect("running mount");
        assert!(status.success(), "remounting with {size}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("-l").arg(&self.0).status();
        if !gone.is_ok_and(|status| status.success()) {
            eprintln!("'{}' is still mounted", self.0.display());
        }
    }
}

#[test]
fn a_full_disk_answers_503_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("making a folder");
    let mount = folder.path().join("disk");
    let Some(disk) = Disk::mount(&mount, "6m") else {
        return house::not_run(
            "service::full_disk::a_full_disk_answers_503_and_loses_nothing",
            "mounting needs root",
        );
    };
    let site = Site::over(folder, mount.join("data"));
    let mut source = Source::new(22);
    let service = site.serve("");
    let mut accepted = fill(&site, &service, &mut source);
    disk.resize("200m");
    let lines = source.lines(100);
    let reply = post(&site.feed(&service), &lines)
        .unwrap_or_else(|error| panic!("posting: {error}\n{}", service.output()));
    assert_eq!(reply.status, 202, "there is room again");
    accepted.extend(lines);
    caught_up(&service);
    service.stop();
    whole(&site, &accepted);
}
