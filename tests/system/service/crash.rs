//! kill -9 a hundred times while a client that repeats what was not answered goes on: the state of no kill.

use super::site::{Site, caught_up, next_hour, post};
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::http::Client;
use kentongan_tests::ingest::Source;
use kentongan_tests::service::Service;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const KILLS: usize = 100;
const BATCH: usize = 25;

/// What the client and the one who kills share.
#[derive(Default)]
struct Stage {
    /// Where the service is now.
    address: Mutex<String>,
    over: AtomicBool,
}

/// Posts batch after batch until it is over; each until it is answered 202. Gives every line it posted.
fn client(token: &str, stage: &Stage, answered: &Sender<()>) -> Vec<String> {
    let (mut source, mut all) = (Source::new(11), Vec::new());
    while !stage.over.load(Ordering::Acquire) {
        let lines = source.lines(BATCH);
        loop {
            let address = stage.address.lock().expect("the address").clone();
            match post(&Client::new(&address).bearer(token), &lines) {
                Ok(reply) if reply.status == 202 => break,
                Ok(reply) => assert!(reply.status >= 500, "{}: {}", reply.status, reply.text()),
                Err(_) => thread::yield_now(), // killed under us, or not up yet
            }
        }
        all.extend(lines);
        answered.send(()).expect("telling of an answer");
    }
    all
}

fn wait(answers: &Receiver<()>, count: usize, service: &Service) {
    for _ in 0..count {
        let answer = answers.recv_timeout(Duration::from_secs(60));
        assert!(answer.is_ok(), "no answer within a minute: {}", service.output());
    }
}

#[test]
fn a_hundred_kills_during_ingest_end_in_the_state_of_no_kill() {
    let site = Site::new();
    let stage = Arc::new(Stage::default());
    let (tell, answers) = channel();
    let (token, shared) = (site.token.clone(), stage.clone());
    let posting = thread::spawn(move || client(&token, &shared, &tell));
    let mut dice = Dice::new(4);
    for _ in 0..KILLS {
        let service = site.serve("");
        *stage.address.lock().expect("the address") = service.address.clone();
        wait(&answers, 1 + dice.below(4), &service);
        thread::sleep(Duration::from_micros(dice.below(8_000) as u64)); // somewhere within a request or a commit
        service.kill();
        answers.try_iter().for_each(drop);
    }
    let service = site.serve("");
    *stage.address.lock().expect("the address") = service.address.clone();
    wait(&answers, 2, &service);
    stage.over.store(true, Ordering::Release);
    let lines = posting.join().expect("the client");
    caught_up(&service);
    service.stop();
    let until = next_hour();
    assert_eq!(site.digest(&until), site.replayed(&lines, &until), "{} reports", lines.len());
}

#[test]
fn what_was_answered_is_there_after_the_very_next_kill() {
    let site = Site::new();
    let (mut source, mut all) = (Source::new(12), Vec::new());
    for _ in 0..5 {
        let service = site.serve("");
        let lines = source.lines(200);
        assert_eq!(post(&site.feed(&service), &lines).expect("posting").status, 202);
        service.kill();
        all.extend(lines);
    }
    let service = site.serve("");
    caught_up(&service);
    service.stop();
    let until = next_hour();
    assert_eq!(site.digest(&until), site.replayed(&all, &until));
}
