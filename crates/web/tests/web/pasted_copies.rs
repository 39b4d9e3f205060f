//! Messages that were passed on, in a pasted chat; and what was taken of one.

use crate::paste::{TEN, pasted, taken};
use crate::world::World;

/// A text that was passed on is shown as the copy it is: it is no second witness.
#[tokio::test]
async fn a_copy_that_was_passed_on_is_called_one() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let chat = "20/11/26 19.05 - Pak Kades Belani: warga memortal jalan PT AMR di Ds Belani Kec Rawas Ilir\n\
        20/11/26 19.15 - Danramil Rupit: Fwd: Warga memortal jalan PT AMR, di Ds Belani Kec. Rawas Ilir\n\
        20/11/26 19.25 - Kades Noman: banjir di Ds Noman Kec Rupit, air naik ke jalan\n";
    let (_, page) = pasted(&world, &cookie, chat).await;
    assert_eq!(page.matches("Kata-katanya sama dengan Bagian 1").count(), 1, "{page}");
}

#[tokio::test]
async fn what_was_taken_is_called_by_what_where_and_when() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, page) = pasted(&world, &cookie, TEN).await;
    let (_, page) = taken(&world, &cookie, &page, &[]).await;
    let note = page.split("11 laporan diterima:").nth(1).and_then(|rest| rest.split("</ul>").next());
    let links = note.expect("what was taken").split("<li>").skip(1);
    let called: Vec<&str> = links.filter_map(|link| link.split(['<', '>']).nth(2)).collect();
    let first = "pemblokiran atau pemortalan jalan perusahaan · Belani, Rawas Ilir · 20 Nov, 18.30";
    let last = "nihil · Karang Jaya · 20 Nov, 20.12";
    assert_eq!((called.len(), called[0], called[10]), (11, first, last), "{called:?}");
}
