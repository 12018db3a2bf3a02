//! Mistakes outside the core that a test can switch on by name in `PANOTTI_TEST_DEFECT`, to prove that the tests which kill the daemon
//! or cut its power would see them. Without the test-only feature `defects` nothing here can be switched on.

/// Publishers are answered before the commit.
pub const ACKNOWLEDGE_BEFORE_COMMIT: &str = "acknowledge_before_commit";
/// Commits are not synced.
pub const UNSYNCED_COMMITS: &str = "unsynced_commits";

/// Whether a defect is on.
#[cfg(feature = "defects")]
pub fn is_on(defect: &str) -> bool {
    static ON: std::sync::LazyLock<Option<String>> = std::sync::LazyLock::new(|| std::env::var("PANOTTI_TEST_DEFECT").ok());
    ON.as_deref() == Some(defect)
}

/// Whether a defect is on: never, in a program that ships.
#[cfg(not(feature = "defects"))]
pub const fn is_on(_defect: &str) -> bool {
    false
}
