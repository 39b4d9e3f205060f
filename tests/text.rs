//! Reading markup as text: enough to find an element's tag and what stands in its attributes.

/// Every opening tag of a page, without the brackets: `a href="/x" class="y"`.
pub fn tags(page: &str) -> impl Iterator<Item = &str> {
    let opened = page.split('<').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    opened.map(|rest| rest.split('>').next().unwrap_or_default())
}

/// The value of `name="…"` in a tag, or in the labels of a metric's sample.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("{name}=\"");
    let mut found = tag.match_indices(&start);
    let (at, _) =
        found.find(|(at, _)| !tag[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_'))?;
    tag[at + start.len()..].split('"').next()
}

/// What follows a text; fails where the page does not hold it.
#[track_caller]
pub fn after<'a>(page: &'a str, text: &str) -> &'a str {
    page.split_once(text).unwrap_or_else(|| panic!("'{text}' is not on the page: {page}")).1
}

#[test]
fn tags_and_attributes_are_found() {
    let page = "<p>1 < 2</p><a class=\"area lv-low\" href=\"/x\"><b/></a>";
    assert_eq!(tags(page).collect::<Vec<_>>(), ["p", "a class=\"area lv-low\" href=\"/x\"", "b/"]);
    assert_eq!(attribute("a data-class=\"no\" class=\"yes\"", "class"), Some("yes"));
    assert_eq!(attribute("m{district=\"16.13.04\",kind=\"disaster\"} 3", "kind"), Some("disaster"));
    assert_eq!(attribute("a", "class"), None);
}
