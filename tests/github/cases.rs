//! Filters, each with the same question to jq and the number of events that fit. What is missing is said to jq in words: `null` takes the
//! place of a missing field there, and compares.

/// One question.
pub struct Case {
    pub filter: &'static str,
    pub jq: &'static str,
    pub found: usize,
}

const fn case(filter: &'static str, jq: &'static str, found: usize) -> Case {
    Case { filter, jq, found }
}

/// All of them.
pub const CASES: &[Case] = &[
    // Who sent it.
    case(r#"data.sender.type == "Bot""#, r#".data.sender.type == "Bot""#, 3),
    case(r#"data.sender.type in ["Bot", "Organization"]"#, r#".data.sender.type | . == "Bot" or . == "Organization""#, 25),
    case(r#"data.sender.type != "User""#, r#".data.sender.type | . != null and . != "User""#, 25),
    case(r#"!(data.sender.type == "User")"#, r#".data.sender.type == "User" | not"#, 29),
    case(r#"data.sender.site_admin || data.sender.id > 30000000"#, r#".data.sender | .site_admin == true or (.id // 0) > 30000000"#, 33),
    // Private repositories: true, false, or no repository at all.
    case("data.repository.private", ".data.repository.private == true", 23),
    case("data.repository.private == false", ".data.repository.private == false", 257),
    case("data.repository.private != true", ".data.repository.private == false", 257),
    case("!data.repository.private", ".data.repository.private != true", 306),
    case("!(data.repository.private == true)", ".data.repository.private != true", 306),
    // Missing fields, and null, which is a value.
    case("!has(data.repository)", ".data | has(\"repository\") | not", 49),
    case("has(data.organization) && !has(data.installation)", r#".data | has("organization") and (has("installation") | not)"#, 72),
    case("data.repository.license == null", r#".data.repository | type == "object" and has("license") and .license == null"#, 266),
    case(r#"data.repository.license.spdx_id != "MIT""#, r#".data.repository.license.spdx_id | . != null and . != "MIT""#, 7),
    case("data.issue.closed_at != null || data.pull_request.merged", ".data | .issue.closed_at != null or .pull_request.merged == true", 2),
    // Lists, and lists in lists.
    case(r#"data.issue.labels.exists(l, l.name == "bug")"#, r#"any(.data.issue.labels[]?; .name == "bug")"#, 35),
    case(
        r#"data.commits.exists(c, c.added.exists(f, f.endsWith(".md")) || size(c.removed) > 0)"#,
        r#"any(.data.commits[]?; any(.added[]; endswith(".md")) or (.removed | length) > 0)"#,
        2,
    ),
    case(r#""*" in data.hook.events"#, r#".data.hook.events | . != null and any(.[]; . == "*")"#, 3),
    case(
        "data.pull_request.requested_reviewers.exists_one(r, r.site_admin == false)",
        "[.data.pull_request.requested_reviewers[]? | select(.site_admin == false)] | length == 1",
        31,
    ),
    case(
        r#"size(data.workflow_job.steps) > 0 && data.workflow_job.steps.all(s, s.status == "completed")"#,
        r#".data.workflow_job.steps | . != null and length > 0 and all(.[]; .status == "completed")"#,
        2,
    ),
    // Numbers, texts, topics.
    case(
        "data.pull_request.additions >= 1 && data.pull_request.changed_files < 2",
        ".data.pull_request | (.additions // 0) >= 1 and .changed_files < 2",
        29,
    ),
    case(
        r#"type.startsWith("github.pull_request_") && data.action != "created""#,
        r#"(.type | startswith("github.pull_request_")) and .data.action != null and .data.action != "created""#,
        9,
    ),
    case(
        r"data.repository.full_name.matches(r'^[A-Z][a-z]+/Hello')",
        r#".data.repository.full_name // "" | test("^[A-Z][a-z]+/Hello")"#,
        247,
    ),
    case(
        r#"data.ref.startsWith("refs/") && data.created != true"#,
        r#".data | (.ref // "" | startswith("refs/")) and .created == false"#,
        4,
    ),
];
