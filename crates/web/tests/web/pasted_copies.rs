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

#[tokio::test]
async fn what_its_sender_corrects_or_takes_back_is_asked_about_in_the_words_that_say_so() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "20/11/26 19.05 - Kades Noman: tawuran di Ds Noman jam 18.00, 2 luka\n\
                20/11/26 19.06 - Kades Noman: salah pak, itu di Ds Batu Kucing\n\
                20/11/26 19.07 - Kades Belani: maling motor di Ds Belani jam 04.00\n\
                20/11/26 19.08 - Kades Belani: maaf pak salah kirim, abaikan\n";
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(page.contains("0 usulan, 3 perlu dijawab, 1 dilewati"), "{page}");
    for words in ["salah pak, itu di Ds Batu Kucing", "maaf pak salah kirim, abaikan"] {
        assert!(page.contains(&format!("kemudian menulis “{words}”")), "{words}: {page}");
    }
}
