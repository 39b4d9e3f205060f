//! Messages that were passed on, in a pasted chat.

use crate::paste::pasted;
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
