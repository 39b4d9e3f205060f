//! Which items are planned next: one of each alert, side by side, since each plan asks the store several times.

use std::collections::BTreeSet;
use store::{AddressPlan, OutboxItem, StoreError};
use tokio::task::JoinSet;

/// Of what waits, in the order in which it came, what can be planned now, and whether there is something newer about one of its
/// alerts. Of one alert it is one item: to whom the next one goes follows from what became of this one.
pub(crate) fn first_of_each_alert(mut waiting: Vec<OutboxItem>) -> (Vec<OutboxItem>, bool) {
    let first = {
        let mut alerts = BTreeSet::new();
        waiting.iter().take_while(|item| alerts.insert(&item.alert)).count()
    };
    let newer = first < waiting.len();
    waiting.truncate(first);
    (waiting, newer)
}

/// Plans all items at once: what one waits for, another asks meanwhile. The plans come in the order of the items' numbers,
/// whichever ended first, and none where one failed.
pub(crate) async fn side_by_side<P>(
    items: Vec<OutboxItem>,
    plan: impl Fn(OutboxItem) -> P,
) -> Result<Vec<(OutboxItem, AddressPlan)>, StoreError>
where
    P: Future<Output = Result<(OutboxItem, AddressPlan), StoreError>> + Send + 'static,
{
    let mut plans = JoinSet::new();
    for item in items {
        plans.spawn(plan(item));
    }
    let plans = plans.join_all().await;
    let mut planned = plans.into_iter().collect::<Result<Vec<(OutboxItem, AddressPlan)>, StoreError>>()?;
    planned.sort_unstable_by_key(|(item, _)| item.id);
    Ok(planned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::alert::notice::AlertChangeKind;
    use domain::kind::{Kind, Level};
    use domain::place::Code;
    use domain::time::Time;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::{Barrier, Semaphore};

    fn item(id: i64, alert: &str) -> OutboxItem {
        OutboxItem {
            id,
            alert: alert.to_owned(),
            version: 1,
            change: AlertChangeKind::Opened,
            code: Code(161_304),
            kind: Kind::Disaster,
            level: Level::Siaga,
            at: Time(id),
        }
    }

    fn ids(items: &[OutboxItem]) -> Vec<i64> {
        items.iter().map(|item| item.id).collect()
    }

    #[test]
    fn of_one_alert_one_item_is_planned_at_a_time_and_nothing_overtakes() {
        let waiting = vec![item(1, "a"), item(2, "b"), item(3, "a"), item(4, "c")];
        let (first, newer) = first_of_each_alert(waiting);
        assert_eq!((ids(&first), newer), (vec![1, 2], true));
        let (first, newer) = first_of_each_alert(vec![item(3, "a"), item(4, "c")]);
        assert_eq!((ids(&first), newer), (vec![3, 4], false));
        assert_eq!(first_of_each_alert(Vec::new()), (Vec::new(), false));
    }

    /// Each plan waits until all are under way: one after the other, none would ever end.
    #[tokio::test]
    async fn plans_are_made_side_by_side_and_come_in_the_order_of_their_items() {
        let all = Arc::new(Barrier::new(5));
        // The first is the last to end.
        let others_ended = Arc::new(Semaphore::new(0));
        let plan = |item: OutboxItem| {
            let (all, others_ended) = (Arc::clone(&all), Arc::clone(&others_ended));
            async move {
                all.wait().await;
                match item.id {
                    1 => drop(others_ended.acquire_many(4).await),
                    _ => others_ended.add_permits(1),
                }
                Ok((item, AddressPlan::default()))
            }
        };
        let items = (1..=5).map(|id| item(id, &id.to_string())).collect();
        let planned = tokio::time::timeout(Duration::from_secs(20), side_by_side(items, plan)).await;
        let planned = planned.expect("they wait for each other").unwrap();
        let order: Vec<i64> = planned.iter().map(|(item, _)| item.id).collect();
        assert_eq!(order, [1, 2, 3, 4, 5]);
    }

    #[tokio::test]
    async fn where_one_plan_fails_nothing_is_addressed() {
        let plan = |item: OutboxItem| async move {
            if item.id == 2 {
                return Err(StoreError::Busy(String::from("a full disk")));
            }
            Ok((item, AddressPlan::default()))
        };
        let planned = side_by_side(vec![item(1, "a"), item(2, "b"), item(3, "c")], plan).await;
        assert!(matches!(planned, Err(StoreError::Busy(_))));
    }
}
