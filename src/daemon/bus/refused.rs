//! What the bus refused, as a failure with its code. Decides nothing itself.

use panotti_core::access::AccessRefusal;
use panotti_core::command::Refusal;
use panotti_core::schemas::Misfit;
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};

/// Why an event was not published, or none of several that were to be published together.
pub(super) fn not_published(refusal: Refusal) -> Failure {
    let code = match refusal {
        Refusal::Schema(misfit) => return violated(*misfit, ""),
        Refusal::SchemaOfOne { place, misfit } => return violated(*misfit, &format!("/{place}")),
        Refusal::KeyReused(_) => ErrorCode::EVENT_KEY_REUSED,
        Refusal::IdTaken { .. } => ErrorCode::EVENT_ID_TAKEN,
        Refusal::Expired(_) => ErrorCode::EVENT_EXPIRED,
        _ => ErrorCode::EVENT_ATTRIBUTE_INVALID,
    };
    Failure::new(code, refusal.to_string())
}

/// The failure of an event that does not fit. `at` leads to the event in the body, where it holds several.
fn violated(misfit: Misfit, at: &str) -> Failure {
    let detail = format!("the payload does not fit version {} of the schema of `{}`", misfit.version, misfit.topic);
    let errors = misfit.problems.into_iter().map(|part| FailurePart { pointer: format!("{at}{}", part.pointer), ..part });
    let next = format!("mend the places that are named; `panotti schema show {}` shows the schema", misfit.topic);
    Failure::new(ErrorCode::SCHEMA_VIOLATED, detail).errors(errors.collect()).next(next)
}

/// Why keys and roles are as they were.
pub(super) fn access_failure(refusal: &AccessRefusal) -> Failure {
    let code = match refusal {
        AccessRefusal::KeyExists(_) => ErrorCode::KEY_EXISTS,
        AccessRefusal::NoSuchKey(_) => ErrorCode::KEY_NOT_FOUND,
        AccessRefusal::KeyOver(_) => ErrorCode::KEY_OVER,
        AccessRefusal::NoSuchRole(_) => ErrorCode::ROLE_NOT_FOUND,
        AccessRefusal::RoleExists(_) => ErrorCode::ROLE_EXISTS,
        AccessRefusal::RoleBuiltIn(_) => ErrorCode::ROLE_BUILT_IN,
        AccessRefusal::RoleInUse { .. } => ErrorCode::ROLE_IN_USE,
        AccessRefusal::Exceeds { .. } | AccessRefusal::ExceedsNetworks { .. } => ErrorCode::PERMISSION_EXCEEDED,
        AccessRefusal::GranterOver(_) => ErrorCode::KEY_INVALID,
        _ => ErrorCode::INTERNAL,
    };
    Failure::new(code, refusal.to_string())
}
