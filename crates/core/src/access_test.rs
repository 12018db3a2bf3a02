//! Rule 20 in sentences, and that no sequence of changes lets anybody give away what they do not hold.

use panotti_protocol::permission::{Resource, Verb};

use super::*;
use crate::bus::Snapshot;
use crate::command::Command;
use crate::defect::Defects;
use crate::random::Random;

const START: Timestamp = Timestamp::from_ms(1_800_000_000_000);
const DAY: Duration = Duration::from_secs(86_400);

struct World {
    bus: Bus,
    now: Timestamp,
    keys_made: u8,
}

fn permissions(texts: &[&str]) -> Vec<Permission> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn granter(grants: Grants) -> Granter {
    Granter { actor: "user:ana".to_owned(), grants: Arc::new(grants), key: None, reason: String::new() }
}

fn everything() -> Granter {
    granter(Grants::everything())
}

fn role(name: &str, allow: &[&str], deny: &[&str]) -> StoredRole {
    StoredRole { name: name.to_owned(), grants: Grants { allow: permissions(allow), deny: permissions(deny) }, ..StoredRole::default() }
}

impl World {
    fn new() -> Self {
        Self { bus: Bus::load(Snapshot::default(), START, Defects::default()), now: START, keys_made: 0 }
    }

    fn ask(&mut self, command: AccessCommand) -> (Answer, Step) {
        let (step, mut answers) = self.bus.step(self.now, 7, [Command::Access(Box::new(command))]);
        (answers.remove(0), step)
    }

    fn refused(&mut self, command: AccessCommand) -> String {
        let (answer, step) = self.ask(command);
        let writes = step.writes.iter().filter(|write| matches!(write, Write::Access(_) | Write::Audit(_))).count();
        assert_eq!(writes, 0, "what is refused writes nothing");
        match answer {
            Answer::Refused(refusal) => refusal.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn key(&mut self, name: &str, role: &str, scope: &[&str]) -> AccessCommand {
        self.keys_made = self.keys_made.wrapping_add(1);
        let key = StoredKey {
            id: KeyId::from_random([self.keys_made; 12]),
            name: name.to_owned(),
            role: role.to_owned(),
            scope: permissions(scope),
            networks: Vec::new(),
            label: String::new(),
            verifier: [self.keys_made; 32],
            created_at: Timestamp::default(),
            created_by: "user:ana".to_owned(),
            expires_at: Timestamp::default(),
            revoked_at: None,
            last_used_at: None,
            replaces: None,
        };
        AccessCommand::CreateKey { key, life: 90 * DAY, granter: everything() }
    }

    fn make_key(&mut self, name: &str, role: &str, scope: &[&str]) -> KeyId {
        let command = self.key(name, role, scope);
        let (answer, step) = self.ask(command);
        assert!(matches!(answer, Answer::Changed(1)), "{answer:?}");
        assert!(step.writes.iter().any(|write| matches!(write, Write::Audit(entry) if entry.action == "key.create")));
        self.bus.access().find(name).unwrap().id
    }
}

#[test]
fn rule_20_a_key_may_do_what_its_role_allows_within_its_scope_until_it_is_over() {
    let mut world = World::new();
    let id = world.make_key("ci", "publisher", &["publish:events:recording.*"]);
    let key = Arc::clone(&world.bus.access().keys[&id]);

    let grants = world.bus.access().grants_of(&key);

    assert_eq!(grants.allow, permissions(&["publish:events:recording.*"]));
    assert!(key.is_in_force(START + 89 * DAY) && !key.is_in_force(START + 90 * DAY));
    let again = world.key("ci", "viewer", &[]);
    assert_eq!(world.refused(again), "there is a key `ci` already");
    let nobody = world.key("other", "nobody", &[]);
    assert_eq!(world.refused(nobody), "there is no role `nobody`");
}

#[test]
fn rule_20_no_key_lasts_longer_than_a_year_and_a_day_whatever_is_asked() {
    let mut world = World::new();
    let AccessCommand::CreateKey { key, granter, .. } = world.key("ci", "viewer", &[]) else { unreachable!() };
    world.ask(AccessCommand::CreateKey { key, granter, life: 10_000 * DAY });
    assert_eq!(world.bus.access().find("ci").unwrap().expires_at, START + 366 * DAY);
}

#[test]
fn rule_20_a_rotated_key_has_two_secrets_in_force_for_the_overlap_and_then_one() {
    let mut world = World::new();
    let old = world.make_key("ci", "viewer", &[]);
    let new = KeyId::from_random([200; 12]);
    let rotation = Rotation { old, new, verifier: [2; 32], life: 90 * DAY, overlap: 30 * DAY };

    world.ask(AccessCommand::RotateKey { rotation: rotation.clone(), granter: everything() });

    let access = Arc::clone(world.bus.access());
    let in_force = |now| access.keys.values().filter(|key| key.is_in_force(now)).map(|key| key.id).collect::<Vec<_>>();
    assert_eq!(in_force(START + 6 * DAY).len(), 2);
    assert_eq!(in_force(START + 7 * DAY), [new], "seven days is the longest overlap");
    assert_eq!((access.find("ci").unwrap().id, access.state_of(&access.keys[&old], START)), (new, KeyState::Replaced));
    assert_eq!(world.refused(AccessCommand::RotateKey { rotation, granter: everything() }), "the key `ci` is over");
}

#[test]
fn rule_20_a_revoked_key_is_over_at_once_and_its_name_is_free_again() {
    let mut world = World::new();
    let id = world.make_key("ci", "viewer", &[]);

    let (answer, _) = world.ask(AccessCommand::RevokeKey { id, whole_name: false, granter: everything() });
    let (again, _) = world.ask(AccessCommand::RevokeKey { id, whole_name: false, granter: everything() });

    assert!(matches!((answer, again), (Answer::Changed(1), Answer::Changed(0))));
    assert!(!world.bus.access().keys[&id].is_in_force(START));
    assert_ne!(world.make_key("ci", "viewer", &[]), id);
}

#[test]
fn rule_20_revoking_by_name_ends_the_old_secret_of_a_rotated_key_too() {
    let mut world = World::new();
    let old = world.make_key("ci", "viewer", &[]);
    let new = KeyId::from_random([200; 12]);
    let rotation = Rotation { old, new, verifier: [2; 32], life: 90 * DAY, overlap: 7 * DAY };
    world.ask(AccessCommand::RotateKey { rotation, granter: everything() });

    let (answer, _) = world.ask(AccessCommand::RevokeKey { id: new, whole_name: true, granter: everything() });

    assert!(matches!(answer, Answer::Changed(2)), "{answer:?}");
    assert!([old, new].iter().all(|id| !world.bus.access().keys[id].is_in_force(START)));
}

#[test]
fn rule_20_whoever_is_denied_something_by_one_of_its_roles_does_not_lift_that() {
    let mut world = World::new();
    world.ask(AccessCommand::CreateRole { role: role("nosalary", &[], &["read:events:salary.>"]), granter: everything() });
    let held_back = || granter(role("", &["read:*:>", "manage:keys:>"], &["read:events:salary.>"]).grants);

    let emptied = AccessCommand::SetRole { role: role("nosalary", &[], &[]), granter: held_back() };
    let removed = AccessCommand::RemoveRole { name: "nosalary".to_owned(), granter: held_back() };

    for lifted in [emptied.clone(), removed] {
        assert!(world.refused(lifted).contains("does not hold `read:events:salary.>`"));
    }
    let AccessCommand::SetRole { role, .. } = emptied else { unreachable!() };
    assert!(matches!(world.ask(AccessCommand::SetRole { role, granter: everything() }).0, Answer::Changed(1)));
}

#[test]
fn rule_20_a_key_makes_no_key_that_lasts_longer_or_may_come_from_more_places() {
    let mut world = World::new();
    let AccessCommand::CreateKey { key, .. } = world.key("short", "admin", &[]) else { unreachable!() };
    let until = START + DAY;
    let own = StoredKey { networks: vec!["10.0.0.0/8".parse().unwrap()], ..key };
    let _ = world.ask(AccessCommand::CreateKey { key: own.clone(), life: DAY, granter: everything() });
    let by_key = || Granter { key: Some(Arc::new(own.clone())), ..everything() };
    let AccessCommand::CreateKey { key, .. } = world.key("made", "viewer", &[]) else { unreachable!() };
    let make = |networks: &[&str]| {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        AccessCommand::CreateKey { key: StoredKey { networks, ..key.clone() }, life: 90 * DAY, granter: by_key() }
    };

    for more in [&[][..], &["11.0.0.0/8"], &["0.0.0.0/0"], &["10.1.0.0/16", "fd00::/8"]] {
        assert_eq!(world.refused(make(more)), "user:ana is bound to 10.0.0.0/8, and so is every key that it makes");
    }
    assert!(matches!(world.ask(make(&["10.1.0.0/16"])).0, Answer::Changed(1)));
    assert_eq!(world.bus.access().find("made").unwrap().expires_at, until);
}

#[test]
fn rule_20_what_a_key_asks_counts_as_the_key_is_when_its_turn_has_come() {
    let mut world = World::new();
    let asker = world.make_key("asker", "admin", &[]);
    let as_it_was = Arc::clone(&world.bus.access().keys[&asker]);
    let by_key = |grants: Grants| Granter { key: Some(Arc::clone(&as_it_was)), grants: Arc::new(grants), ..everything() };
    let AccessCommand::CreateKey { key, life, .. } = world.key("made", "viewer", &[]) else { unreachable!() };
    let make = |granter| AccessCommand::CreateKey { key: key.clone(), life, granter };
    let everything_then = (*everything().grants).clone();

    world.ask(AccessCommand::RevokeKey { id: asker, whole_name: false, granter: everything() });

    assert_eq!(world.refused(make(by_key(everything_then))), "the key of user:ana is in force no longer");
    let revoke = AccessCommand::RevokeKey { id: asker, whole_name: false, granter: by_key((*everything().grants).clone()) };
    assert_eq!(world.refused(revoke), "the key of user:ana is in force no longer");
    assert!(world.bus.access().find("made").is_none());
}

#[test]
fn rule_20_a_role_that_was_narrowed_meanwhile_gives_no_more_than_it_has() {
    let mut world = World::new();
    world.ask(AccessCommand::CreateRole { role: role("team", &["manage:keys:>", "read:events:>"], &[]), granter: everything() });
    let asker = world.make_key("asker", "team", &[]);
    let as_it_was = Arc::clone(&world.bus.access().keys[&asker]);
    let grants_then = Arc::new(world.bus.access().grants_of(&as_it_was));
    world.ask(AccessCommand::SetRole { role: role("team", &["manage:keys:>"], &[]), granter: everything() });
    let AccessCommand::CreateRole { role: wanted, .. } =
        (AccessCommand::CreateRole { role: role("readers", &["read:events:>"], &[]), granter: everything() })
    else {
        unreachable!()
    };

    let granter = Granter { key: Some(as_it_was), grants: grants_then, ..everything() };

    assert_eq!(
        world.refused(AccessCommand::CreateRole { role: wanted, granter }),
        "user:ana does not hold `read:events:>` and cannot give it away"
    );
}

#[test]
fn rule_20_a_role_that_keys_have_or_that_comes_with_panotti_stays() {
    let mut world = World::new();
    world.ask(AccessCommand::CreateRole { role: role("team", &["read:events:team.>"], &[]), granter: everything() });
    let id = world.make_key("ci", "team", &[]);

    let remove = |name: &str| AccessCommand::RemoveRole { name: name.to_owned(), granter: everything() };
    assert_eq!(world.refused(remove("team")), "1 keys in force have the role `team`");
    assert_eq!(world.refused(remove("admin")), "the role `admin` comes with Panotti and cannot be changed");
    assert_eq!(
        world.refused(AccessCommand::CreateRole { role: role("admin", &[], &[]), granter: everything() }),
        "there is a role `admin` already"
    );
    world.ask(AccessCommand::RevokeKey { id, whole_name: false, granter: everything() });
    assert!(matches!(world.ask(remove("team")).0, Answer::Changed(1)));
}

#[test]
fn the_thousand_and_first_key_takes_the_room_of_one_that_is_over_and_of_no_other() {
    let mut world = World::new();
    for number in 0..API_KEYS_MAX {
        let AccessCommand::CreateKey { key, life, granter } = world.key("x", "viewer", &[]) else { unreachable!() };
        let mut random = [0; 12];
        random[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let key = StoredKey { id: KeyId::from_random(random), name: format!("key-{number}"), ..key };
        world.ask(AccessCommand::CreateKey { key, life, granter });
    }
    let one_more = world.key("one-more", "viewer", &[]);
    assert_eq!(world.refused(one_more.clone()), "there are already 1000 keys");

    let over = world.bus.access().find("key-500").unwrap().id;
    world.ask(AccessCommand::RevokeKey { id: over, whole_name: false, granter: everything() });
    let (_, step) = world.ask(one_more);

    assert!(
        step.writes
            .iter()
            .any(|write| matches!(write, Write::Access(write) if matches!(**write, AccessWrite::ForgetKey(id) if id == over)))
    );
    assert_eq!(world.bus.access().keys.len(), API_KEYS_MAX);
}

#[test]
fn rule_20_whoever_may_not_give_a_role_may_not_renew_the_secret_of_a_key_that_has_it() {
    let mut world = World::new();
    let old = world.make_key("boss", "admin", &[]);
    let rotation = Rotation { old, new: KeyId::from_random([9; 12]), verifier: [3; 32], life: DAY, overlap: DAY };
    let clerk = Grants { allow: permissions(&["manage:keys:>", "read:keys:>"]), deny: Vec::new() };
    let refused = world.refused(AccessCommand::RotateKey { rotation, granter: granter(clerk) });
    assert!(refused.contains("cannot give it away"), "{refused}");
}

/// What is asked of grants, to compare them by what they do and not by how they are written.
fn probes() -> Vec<(Verb, Resource, &'static str)> {
    let objects = ["a", "b", "a.a", "a.b", "b.a", "b.b", "a.a.a", "a.b.a", "a name"];
    let (verbs, resources) = ([Verb::Read, Verb::Publish, Verb::Manage], [Resource::Events, Resource::Keys, Resource::Audit]);
    verbs.iter().flat_map(|verb| resources.iter().flat_map(move |resource| objects.map(move |object| (*verb, *resource, object)))).collect()
}

fn random_permission(random: &mut Random) -> Permission {
    let pick = |random: &mut Random, from: &[&str]| from[random.below(from.len() as u64) as usize].to_owned();
    let verb = pick(random, &["read", "publish", "manage", "*"]);
    let resource = pick(random, &["events", "keys", "audit", "*"]);
    let pattern = pick(random, &["a", "a.*", "a.>", "*.a", "*", ">", "b.>", "*.b.>", "a.a", "a.b.*"]);
    format!("{verb}:{resource}:{pattern}").parse().unwrap()
}

fn random_grants(random: &mut Random) -> Grants {
    let allow = (0..=random.below(3)).map(|_| random_permission(random)).collect();
    let deny = (0..random.below(3)).map(|_| random_permission(random)).collect();
    Grants { allow, deny }
}

#[test]
fn rule_20_of_100_000_random_changes_of_roles_and_keys_none_gives_more_than_who_asks_holds() {
    let probes = probes();
    let mut random = Random::new(20);
    let (mut accepted, mut refused) = (0, 0);
    let mut world = World::new();
    for number in 0..100_000_u64 {
        let holder = random_grants(&mut random);
        let wanted = StoredRole { name: format!("role-{}", random.below(20)), grants: random_grants(&mut random), ..StoredRole::default() };
        let name = wanted.name.clone();
        let asked = granter(holder.clone());
        let known = world.bus.access().roles.contains_key(&name);
        let command = match random.below(8) {
            0 => AccessCommand::RemoveRole { name: name.clone(), granter: asked },
            1 if known => {
                let AccessCommand::CreateKey { key, life, .. } = world.key("x", &name, &[]) else { unreachable!() };
                let mut bytes = [1; 12];
                bytes[..8].copy_from_slice(&number.to_be_bytes());
                let scope = (0..random.below(3)).map(|_| random_permission(&mut random)).collect();
                let key = StoredKey { id: KeyId::from_random(bytes), name: format!("key-{number}"), scope, ..key };
                AccessCommand::CreateKey { key, life: life.min(Duration::from_secs(1)), granter: asked }
            }
            _ if known => AccessCommand::SetRole { role: wanted, granter: asked },
            _ => AccessCommand::CreateRole { role: wanted, granter: asked },
        };
        world.now = world.now + Duration::from_secs(1);
        let (answer, step) = world.ask(command);
        match answer {
            Answer::Changed(0) => {}
            Answer::Changed(_) => accepted += 1,
            _ => refused += 1,
        }
        for write in &step.writes {
            let given = match write {
                Write::Access(write) => match &**write {
                    AccessWrite::Role(role) => role.grants.clone(),
                    AccessWrite::Key(key) => world.bus.access().grants_of(key),
                    _ => continue,
                },
                _ => continue,
            };
            for (verb, resource, object) in &probes {
                let escalates = given.allows(*verb, *resource, object) && !holder.allows(*verb, *resource, object);
                assert!(!escalates, "change {number}: {holder:?} gave {given:?}: {verb}:{resource}:{object}");
            }
        }
    }
    assert!(accepted > 5_000 && refused > 50_000, "{accepted} accepted, {refused} refused");
}
