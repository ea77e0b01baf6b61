//! Every row of the table: what is measured, and what is asked of it.

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
}

/// A row.
#[derive(Debug)]
pub struct Spec {
    pub name: &'static str,
    pub unit: &'static str,
    /// What is aimed at.
    pub target: Option<f64>,
    /// What must be reached on a quiet machine.
    pub floor: Option<f64>,
    pub better: Better,
}

const fn higher(name: &'static str, unit: &'static str, floor: f64, target: f64) -> Spec {
    Spec { name, unit, target: Some(target), floor: Some(floor), better: Better::Higher }
}

const fn lower(name: &'static str, unit: &'static str, floor: f64, target: f64) -> Spec {
    Spec { name, unit, target: Some(target), floor: Some(floor), better: Better::Lower }
}

const fn printed(name: &'static str, unit: &'static str) -> Spec {
    Spec { name, unit, target: None, floor: None, better: Better::Lower }
}

/// All of them, in the order of the table. docs/PERFORMANCE.md says how each is measured.
pub const ROWS: &[Spec] = &[
    higher("poll_idle_ratio", "", 0.85, 0.95),
    lower("poll_sql", "", 0.0, 0.0),
    lower("poll_growth_users", "", 1.10, 1.03),
    lower("poll_growth_rooms", "", 1.10, 1.03),
    lower("poll_growth_messages", "", 1.10, 1.03),
    lower("poll_10k", "ms", 50.0, 10.0),
    printed("poll_10k_lobby", "ms"),
    lower("delivery_plain_p99", "ms", 1_100.0, 1_050.0),
    lower("delivery_held_p99", "ms", 50.0, 10.0),
    printed("delivery_lobby_p99", "ms"),
    higher("send_ratio_sqlite", "", 0.5, 0.8),
    higher("send_ratio_mariadb", "", 0.5, 0.8),
    lower("send_ack_p99_ratio", "", 3.0, 2.0),
    lower("search_p95_ms", "ms", 100.0, 30.0),
    lower("memory_per_online", "KiB", 36.0, 16.0),
    lower("history_growth", "", 1.5, 1.1),
    higher("ssr_page_rps", "/s", 2_000.0, 5_000.0),
    lower("ssr_page_p99", "ms", 25.0, 10.0),
    lower("first_load_bytes", "kB", 250.0, 190.0),
    lower("first_paint_ms", "ms", 1_500.0, 1_000.0),
    lower("interactive_ms", "ms", 4_000.0, 2_500.0),
    lower("tab_10k_nodes", "", 6_000.0, 4_000.0),
    lower("tab_10k_heap", "MB", 30.0, 15.0),
    lower("tab_10k_key_p99", "ms", 50.0, 16.0),
    printed("build_clean_s", "s"),
    printed("build_edit_s", "s"),
];
