//! The pipeline alone, and workers and desks on one store, against slow, plainly right models, on small random histories.

mod attested;
mod board;
mod clocks;
mod compare;
mod desks;
mod echoes;
mod judged;
mod levels;
mod model;
mod names;
mod opening;
mod order;
mod restart;
mod second_person;
mod service_clock;
mod share;
mod signs;
mod speakers;
mod stances;
mod stream;
mod taking_back;
mod together;
mod usual;
mod withdrawn;
mod workers;
mod world;
