//! What every engine of the state must do: one suite, run on SQLite and, where
//! `KENTONGAN_TEST_POSTGRES` names a server (`postgres://user@host/database`), on PostgreSQL.

#[path = "contract/after_end.rs"]
mod after_end;
#[path = "contract/alerts.rs"]
mod alerts;
#[path = "contract/backups.rs"]
mod backups;
#[path = "contract/clock_steps.rs"]
mod clock_steps;
#[path = "contract/commits.rs"]
mod commits;
#[path = "contract/daily_counts.rs"]
mod daily_counts;
#[path = "contract/deliveries.rs"]
mod deliveries;
#[path = "contract/delivery_receipts.rs"]
mod delivery_receipts;
#[path = "contract/disk.rs"]
mod disk;
#[path = "contract/fixture.rs"]
mod fixture;
#[path = "contract/folding.rs"]
mod folding;
#[path = "contract/hindcasts.rs"]
mod hindcasts;
#[path = "contract/imports.rs"]
mod imports;
#[path = "contract/jobs.rs"]
mod jobs;
#[path = "contract/ledger.rs"]
mod ledger;
#[path = "contract/left.rs"]
mod left;
#[path = "contract/load.rs"]
mod load;
#[path = "contract/messages.rs"]
mod messages;
#[path = "contract/over.rs"]
mod over;
#[path = "contract/partitions.rs"]
mod partitions;
#[path = "contract/people.rs"]
mod people;
#[path = "contract/picture.rs"]
mod picture;
#[path = "contract/plans.rs"]
mod plans;
#[path = "contract/pulls.rs"]
mod pulls;
#[path = "contract/regencies.rs"]
mod regencies;
#[path = "contract/reopening.rs"]
mod reopening;
#[path = "contract/second_links.rs"]
mod second_links;
#[path = "contract/snapshots.rs"]
mod snapshots;
#[path = "contract/states.rs"]
mod states;
#[path = "contract/volume.rs"]
mod volume;
#[path = "contract/writers.rs"]
mod writers;

/// Each case as a test of its own on each engine.
macro_rules! contract {
    ($($module:ident: $($case:ident),+;)+) => {
        mod sqlite {
            $($(#[tokio::test] async fn $case() { $crate::$module::$case(&$crate::fixture::sqlite()).await; })+)+
        }
        mod postgres {
            $($(#[tokio::test] async fn $case() {
                if let Some(place) = $crate::fixture::postgres(stringify!($case)).await {
                    $crate::$module::$case(&place).await;
                }
            })+)+
        }
    };
}

/// Loads a server with rows by the million, which says nothing of the other engine.
mod volume_of {
    mod postgres {
        #[tokio::test]
        async fn no_desk_query_walks_a_big_table() {
            if let Some(place) = crate::fixture::postgres("no_desk_query_walks_a_big_table").await {
                crate::volume::no_desk_query_walks_a_big_table(&place).await;
            }
        }
    }
}

/// What is of one engine only.
mod writers_of {
    mod postgres {
        #[tokio::test]
        async fn a_commits_messages_are_numbered_when_all_else_is_written() {
            if let Some(place) = crate::fixture::postgres("messages_are_numbered_last").await {
                crate::writers::a_commits_messages_are_numbered_when_all_else_is_written(&place).await;
            }
        }

        #[tokio::test]
        async fn a_worker_finds_rows_by_key_also_while_tables_are_small() {
            if let Some(place) = crate::fixture::postgres("a_worker_finds_rows_by_key").await {
                crate::writers::a_worker_finds_rows_by_key_also_while_tables_are_small(&place).await;
            }
        }
    }
}

contract! {
    clock_steps: what_was_emitted_ahead_of_a_step_comes_right_before_it, nothing_waits_the_step_longer;
    commits: a_commit_is_kept_whole_and_comes_back_after_a_restart, a_second_worker_is_fenced,
        ticks_whose_answer_was_lost_are_kept_once, progress_never_falls_and_every_record_has_an_offset,
        a_failed_commit_leaves_nothing, a_commit_dropped_at_any_point_is_whole_or_absent,
        of_two_reports_with_one_id_the_earlier_counts_in_any_order, outcomes_change_and_the_balance_follows,
        fifty_thousand_effects_fit_one_commit, a_newer_schema_is_refused,
        a_state_of_an_earlier_build_is_refused_with_what_to_do;
    alerts: a_raised_condition_opens_one_alert_and_follows_it, numbers_are_never_used_again, numbers_begin_again_at_the_places_own_midnight,
        two_people_cannot_both_win, an_ended_alert_opens_again_only_when_it_rises,
        a_report_that_joins_a_known_incident_is_no_news, an_alert_rests_on_what_came_in_while_it_was_open,
        the_history_cannot_be_changed_unseen, what_the_team_must_hear_is_queued_in_the_commit,
        two_processes_cannot_lose_an_act, a_grave_incident_and_a_dispute_are_lines_of_the_open_alert,
        what_stands_only_on_the_way_to_what_a_record_made_is_no_news,
        a_line_says_when_its_record_came_wherever_commits_are_cut, requests_and_their_lapses_stand_in_the_history,
        who_was_rejected_is_not_among_those_who_claim_what_stands;
    regencies: what_was_ended_does_not_count_for_the_regencys_alert, a_regencys_alert_is_the_same_wherever_commits_are_cut,
        an_end_by_a_link_is_followed_by_the_regencys_alert,
        a_regencys_alert_that_cleared_stays_so_while_its_condition_falls;
    after_end: what_is_worse_than_at_the_end_opens_an_alert_as_high_as_it_carries,
        an_ended_alert_says_what_stood_when_it_was_ended,
        what_is_surer_than_at_the_end_or_happens_again_opens_an_alert,
        a_place_that_rises_after_an_end_opens_an_alert_that_names_the_one_before,
        what_was_answered_is_known_after_a_restart_and_by_another_name,
        slight_incidents_hide_nothing_that_an_end_answered, what_an_end_has_no_room_for_is_not_answered_by_it;
    left: an_alert_that_opened_again_by_what_is_taken_back_is_withdrawn, an_alert_that_opened_again_stands_on_what_is_left,
        what_is_left_is_no_surer_than_its_own_word, what_was_answered_carries_no_level_that_nobody_claims_since,
        an_alert_that_opened_again_by_what_the_desk_rejects_is_withdrawn,
        a_withdrawn_alert_keeps_what_it_said_and_the_next_one_names_it;
    over: who_calls_an_incident_over_is_found_among_its_latest_reports;
    reopening: a_grave_incident_opens_an_alert_again_where_the_condition_stands, what_one_speaker_says_after_an_end_is_never_awas,
        what_stands_only_by_what_was_answered_is_known_with_the_alert_that_ended,
        what_is_taken_back_within_an_open_alert_stands_in_its_history,
        what_opened_an_alert_and_is_taken_back_in_two_steps_is_a_line_of_it,
        what_goes_on_in_another_of_its_reports_is_neither_taken_back_nor_new,
        what_comes_and_is_taken_back_in_one_commit_is_both_in_the_history;
    folding: a_message_that_rests_on_no_incident_knows_what_happened_last_and_a_regencys_its_districts, one_message_at_a_time_is_on_its_way_to_a_person_the_oldest_first, a_message_says_what_it_took_the_place_of_and_a_withdrawal_is_owed, a_siaga_for_the_desk_alone_waits_moments_behind_news_of_what_is_over, news_during_a_message_waits_for_the_pause_after_it_unless_that_message_fails, a_server_that_answers_again_makes_due_what_waits_for_it, only_what_a_message_said_needs_no_message_of_its_own, withheld_alerts_are_looked_at_in_turn_and_released_as_they_were_seen, what_is_withheld_is_kept_before_a_delivery_takes_a_number;
    deliveries: a_delivery_is_leased_tried_and_kept,
        where_more_is_due_than_can_be_sent_the_highest_level_goes_first,
        each_channel_of_a_person_is_tried_once_and_none_for_what_was_replaced, an_item_is_addressed_once, an_item_that_concerns_nobody_is_done,
        what_waits_for_its_hour_is_not_due_and_nobody_was_notified_by_it,
        a_newer_message_replaces_what_waits_and_a_withdrawal_knows_who_was_notified,
        a_message_replaces_what_waits_for_its_own_people_and_is_as_late,
        who_has_not_got_the_newest_message_is_shown_and_can_be_sent_it_again,
        a_message_names_the_baseline_only_where_it_alone_spoke,
        what_somebody_must_look_into_is_asked_once,
        a_question_given_up_is_shown_until_it_is_looked_into,
        a_second_person_is_asked_for_once_while_the_request_waits,
        a_link_is_issued_bound_and_answered_once,
        an_incident_that_an_earlier_report_renamed_is_still_what_a_message_is_about;
    second_links: a_link_to_end_an_alert_ends_it_once_and_only_as_it_was_asked,
        what_became_of_a_request_to_end_is_known_and_so_is_who_did_not_agree;
    messages: what_changed_after_a_verdict_is_asked_of_each_content_once, an_open_question_is_shown_however_many_settled_ones_came_after_it, what_the_desk_rejected_is_in_no_sum_of_an_alert, an_alert_rests_on_the_model_alone_by_its_newest_reasons, a_question_that_nobody_was_to_be_asked_is_shown_until_it_is_settled, an_alert_of_which_nobody_was_to_be_notified_is_shown_as_long_as_that_is_so, messages_come_newest_first_with_everybody_they_went_to_and_their_words,
        messages_are_found_by_place_person_and_alert_page_by_page;
    delivery_receipts: a_receipt_is_written_down_once_and_what_did_not_arrive_goes_by_the_next_channel;
    picture: the_newest_risk_and_the_one_as_of_then, the_levels_of_the_conditions_are_those_that_stood_then, lists_come_page_by_page, areas_and_handling_are_kept,
        what_somebody_must_look_into_is_listed_until_it_is_settled,
        denials_are_kept_with_their_incident_and_those_without_one_are_listed,
        zero_reports_cover_until_retracted, feeds_are_heard, dead_letters_are_sealed;
    daily_counts: days_are_local, counts_are_a_recount_of_the_rows, counts_below_zero_are_refused;
    backups: a_backup_of_an_earlier_build_is_restored, a_backup_of_the_build_before_keeps_what_was_withheld_and_who_is_called_how, the_names_of_a_feed_that_is_replaced_are_kept, what_is_restored_is_what_was_there,
        a_backup_that_named_reports_by_their_ids_is_restored, a_backup_with_earlier_names_of_tables_is_restored, nothing_sealed_can_be_read_in_the_file;
    hindcasts: a_hindcast_is_kept_apart_from_the_ledger_and_a_second_replaces_it;
    imports: what_came_by_an_import_is_known_by_its_number, what_reports_ended_as_is_found_by_their_names;
    jobs: a_job_is_leased_to_one_until_it_ends_or_the_lease_does, a_job_that_is_not_due_waits_for_nobody_who_writes;
    pulls: how_a_pull_ended_comes_back_as_it_was_kept;
    ledger: a_day_is_frozen_and_resolved_when_its_time_has_passed, the_ledger_does_not_depend_on_where_commits_are_cut,
        partitions_keep_the_ledger_of_one,
        a_late_verification_corrects_and_keeps_the_original,
        an_episode_of_drift_is_new_once_and_lasts_until_nothing_strayed_for_four_weeks,
        averted_silent_and_unverified_are_distinguished,
        quiet_districts_are_drawn_and_their_answers_decide, what_is_written_stays_written;
    partitions: a_worker_that_lost_its_partition_writes_nothing, a_partitions_progress_never_falls, a_commit_whose_answer_was_lost_is_kept_once,
        partitions_keep_their_own_origins_and_progress,
        one_id_in_two_regencies_is_two_reports, one_id_of_two_feeds_is_two_reports, what_names_a_report_is_found_in_its_own_regency_only, of_what_is_named_many_times_the_first_that_came_are_read, a_border_shows_its_newest_tick_and_the_one_before;
    snapshots: a_start_from_a_snapshot_is_one_from_rows_and_one_that_never_stopped,
        a_start_reads_the_snapshot_and_what_came_after_it;
    states: a_state_is_read_as_it_was_written_or_not_at_all, a_clock_that_is_set_back_ends_the_state;
    people: feeds_by_token, sessions_end, areas_come_back_and_unreadable_ones_grant_nothing, identities_are_sealed;
}
