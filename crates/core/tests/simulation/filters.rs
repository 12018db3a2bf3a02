//! Stored filters: what they route is a subscription like any other, and it is there for as long as the filter is.

use panotti_core::command::{Answer, Command, CreateFilter, Refusal};
use panotti_core::event::Draft;
use panotti_core::routing::{SubscriptionSpec, made_by_filter};
use panotti_protocol::api::{StoredFilter, Tag};

use crate::story::Story;

/// Keeps a filter that routes to plugins.
pub fn create(name: &str, topic: &str, to: &[&str]) -> Command {
    let filter = StoredFilter {
        name: name.to_owned(),
        filter: "data.amount > 100".to_owned(),
        topic: topic.parse().unwrap(),
        to: to.iter().map(|plugin| (*plugin).to_owned()).collect(),
        tag: Some(Tag { key: "size".to_owned(), value: "large".to_owned() }),
        created_at: Default::default(),
        by: "someone".to_owned(),
    };
    let spec = SubscriptionSpec { name: made_by_filter(name), ..SubscriptionSpec::new(filter.topic.clone()) };
    let subscriptions = to.iter().map(|plugin| ((*plugin).to_owned(), spec.clone())).collect();
    Command::CreateFilter(Box::new(CreateFilter { filter, subscriptions, reason: String::new() }))
}

/// Gives it up.
pub fn remove(name: &str) -> Command {
    Command::RemoveFilter { name: name.to_owned(), actor: "someone".to_owned(), reason: String::new() }
}

fn deliveries(story: &mut Story, topic: &str) -> u32 {
    story.publish_draft(Draft::new(topic.parse().unwrap(), "/cli", "someone", Vec::new())).deliveries
}

#[test]
fn section_4_a_stored_filter_routes_to_plugins_without_their_manifests_until_it_is_removed() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded").with_plugin("bills", "order.*");
    assert_eq!(deliveries(&mut story, "order.paid"), 1);
    let (rules, audit) = (story.disk().rules, story.disk().audit);

    assert!(matches!(story.asks(create("large", "order.*", &["notes", "bills"])), Answer::Changed(1)));
    assert_eq!((story.disk().rules, story.disk().audit), (rules + 1, audit + 1), "a version of the rules, and an entry in the audit");
    assert_eq!(deliveries(&mut story, "order.paid"), 3);
    let again = Command::Register { plugin: "notes".to_owned(), subscriptions: vec![SubscriptionSpec::new("audio.*".parse().unwrap())] };
    story.asks(again);
    assert_eq!(deliveries(&mut story, "order.paid"), 3, "a new registration of the plugin leaves it alone");
    assert!(matches!(story.asks(create("large", "order.*", &["notes", "bills"])), Answer::Changed(0)), "the same again");
    let other = story.asks(create("large", "order.paid", &["notes"]));
    assert!(matches!(other, Answer::Refused(Refusal::FilterExists(_))), "{other:?}");

    assert!(matches!(story.asks(remove("large")), Answer::Changed(1)));
    assert_eq!((deliveries(&mut story, "order.paid"), story.disk().filters.len()), (1, 0));
    assert!(matches!(story.asks(remove("large")), Answer::Changed(0)));
    story.run_until_quiet();
    assert!(story.disk().owed.values().all(|owed| owed.is_empty()), "what it had routed was handled all the same");
}
