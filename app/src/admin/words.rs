//! Words of the administration area: apart from those that the page's program carries.

use super::{Action, group_pages::role, overview_page::grouped};
use crate::{
    i18n::{Lang, words},
    server::Registration,
};

words! {
    // Everywhere in the area.
    administration: "Administration", "管理";
    to_chat: "To the chat", "返回聊天";
    is_done: "Done.", "已完成。";
    find_by_name: "Find by name", "按名称查找";
    look_for: "Find", "查找";
    earlier_part: "Earlier", "上一页";
    later_part: "More", "下一页";
    none_found: "Nothing found.", "没有找到。";
    command_line: "command line", "命令行";
    private_conversation: "private conversation", "私人会话";
    sure: "I am sure", "我确定";
    actions: "Actions", "操作";
    last_administrator: "This is the last administrator who can log in. Make somebody else one first.", "这是最后一位可以登录的管理员，请先将其他人设为管理员。";
    default_group_stays: "Everyone is in this group: it cannot be deleted, and has no owner.", "所有人都在此群组中：不能删除，也没有群主。";

    // Overview.
    overview: "Overview", "概览";
    people_in_all: "People", "用户";
    of_these_disabled(count): "{count} disabled", "其中 {count} 个已停用";
    online_now: "Online now", "当前在线";
    groups_in_all: "Groups", "群组";
    messages_in_all: "Messages", "消息";
    uploads_take: "Uploads", "上传文件";
    one_file: "1 file", "1 个文件";
    files_count(count): "{count} files", "{count} 个文件";
    database_takes: "Database", "数据库";
    messages_a_day: "Messages a day, the last 30 days (UTC)", "最近 30 天每日消息数（UTC）";
    chart_summary(first, last, most, today): "{first} to {last}: at most {most} on one day; today {today}.", "{first}至{last}：单日最多 {most} 条；今天 {today} 条。";
    at_most_a_minute_old: "These numbers are at most a minute old.", "这些数字最多延迟一分钟。";

    // Users.
    users: "Users", "用户";
    create_user: "Create a user", "新建用户";
    password_or_link: "Password (empty: a one-time link)", "密码（留空则生成一次性链接）";
    one_time_link: "One-time link", "一次性链接";
    one_time_link_words(name): "Give this address to {name}. It is shown only now, works once, and for 24 hours.", "请将此地址交给 {name}。它仅显示一次，只能使用一次，24 小时内有效。";
    status: "Status", "状态";
    is_disabled: "Disabled", "已停用";
    is_enabled: "Enabled", "正常";
    created_at: "Created", "创建时间";
    last_used_at: "Last used", "最近使用";
    sessions_count: "Sessions", "登录会话";
    disable: "Disable", "停用";
    disable_words: "They are logged out everywhere at once and cannot log in. They keep their place in groups.", "立即退出所有登录且无法再登录，但保留在群组中的位置。";
    enable: "Enable", "启用";
    enable_words: "They can log in again, with the password that they had.", "可以用原来的密码重新登录。";
    sign_out: "Sign out everywhere", "退出所有登录";
    sign_out_words: "All their sessions end. They can log in again.", "结束所有会话，之后可以重新登录。";
    make_reset_link: "Make a link to a new password", "生成重设密码的链接";
    reset_password_words: "Makes a one-time link by which they choose a new password. The one that they have holds until then.", "生成一次性链接供其设置新密码，在此之前原密码仍有效。";
    make_administrator_of_server: "Make administrator", "设为管理员";
    make_administrator_words: "They can do all that you can do here.", "可以进行此处的所有操作。";
    revoke_administrator: "No longer administrator", "取消管理员";
    revoke_administrator_words: "They cannot see this area any more.", "将无法再访问管理区域。";
    delete_user: "Delete the user", "删除用户";
    delete_user_words: "This cannot be taken back. Their name is free for somebody else; what they wrote is shown as by a deleted person.", "此操作无法撤销。用户名可被他人使用，其消息将显示为“已删除的用户”。";
    erase_messages: "Erase all that they wrote, too", "同时清除其发送的所有消息";

    // Groups.
    who_finds: "Visibility", "可见性";
    default_group: "Default", "默认";
    members_and_roles: "Members and roles", "成员与角色";
    role_there: "Role", "角色";
    member: "Member", "成员";
    set_role: "Set", "设置";
    add_member: "Add somebody, or give a role", "添加成员或设置角色";
    users_name: "User's name", "用户名";
    no_owner: "This group has no owner.", "此群组没有群主。";
    archive: "Archive", "归档";
    archive_words: "It can be read, and nothing more.", "只能阅读。";
    reopen: "Reopen", "重新开放";
    reopen_words: "Its members can write again.", "成员可以继续发言。";
    delete_group: "Delete the group", "删除群组";
    delete_group_words: "With all its messages and files, for everyone. This cannot be taken back.", "删除全部消息和文件，对所有人生效，无法撤销。";
    group_retention: "How long messages are kept", "消息保留时间";
    retention_days: "Days", "天数";
    group_retention_words: "Empty: as is set for the server. 0: for ever.", "留空则与服务器设置相同，0 为永久保留。";
    its_messages: "Its messages", "查看消息";

    // Messages.
    words_in_it: "Words", "内容";
    sender_s_name: "Sender's name", "发送者用户名";
    group: "Group", "群组";
    group_s_name: "Group's name", "群名称";
    only_in_group(id): "Only in group number {id}", "仅限 {id} 号群组";
    also_private: "In private conversations too (this is noted in the log)", "包括私人会话（将记入日志）";
    where_sent: "Where", "位置";
    when_sent: "When", "时间";
    look_further_back: "Look further back", "继续向前查找";
    remove_message: "Remove", "移除";
    reason: "Reason", "原因";
    reason_words: "Stands in the message's place, for all who read there.", "将显示在消息的位置，所有人可见。";
    messages_words: "Of one page, the newest 20,000 messages are looked through; “Look further back” goes on.", "每页查找最近的 20,000 条消息，可继续向前查找。";

    // Uploads.
    size: "Size", "大小";
    owner_of_file: "Uploaded by", "上传者";
    newest_first: "Newest first", "最新优先";
    largest_first: "Largest first", "最大优先";
    most_by_people: "Who uses the most", "占用最多的用户";
    most_by_rooms: "Where the most is", "占用最多的会话";
    remove_upload: "Remove", "移除";
    its_picture: "profile picture", "头像";

    // Invitations.
    invitations: "Invitations", "邀请";
    invitations_words: "Whoever opens such a link may register, unless registration is closed, and is in the default groups then. Links into one group are made in its details, by who manages it.", "打开链接的人可以注册（注册关闭时除外），并加入默认群组。单个群组的链接由其管理者在群组详情中生成。";

    // Log.
    log: "Log", "日志";
    action: "Action", "操作";
    any_action: "Any action", "所有操作";
    actor: "Who", "操作者";
    actor_s_name: "Who: a name", "操作者用户名";
    subject: "On whom or what", "对象";
    detail: "Detail", "详情";

    // Settings.
    server_settings: "Settings", "设置";
    registration: "Registration", "注册";
    registration_open: "Open: anyone may register", "开放：任何人可注册";
    registration_by_invitation: "By invitation: whoever has a link", "邀请：凭邀请链接注册";
    registration_closed: "Closed: administrators make accounts", "关闭：由管理员创建账号";
    largest_upload: "Largest upload, in bytes", "上传大小上限（字节）";
    largest_upload_words: "1,000 to 1,000,000,000. Of 10 MB: 10,000,000.", "1,000 至 1,000,000,000。10 MB 即 10,000,000。";
    retention: "Days that messages are kept", "消息保留天数";
    retention_words: "0: for ever. Older ones become “This message was deleted.”, and their files go. This cannot be taken back.", "0 为永久保留。更早的消息将显示为“此消息已删除”，其文件一并删除，无法恢复。";
    announcement: "Announcement", "公告";
    announcement_words: "Stands at the top of everyone's page from its next load on, until they close it. Empty: none.", "下次加载页面时显示在顶部，可由用户关闭。留空则不显示。";
    settings_words: "What is set here holds at once, and goes before the command line.", "此处的设置立即生效，并优先于命令行。";

    // Details, as the log says them.
    messages_erased: "messages erased", "消息已清除";
    as_for_the_server: "as for the server", "与服务器相同";
    for_ever: "for ever", "永久";

    // Actions, as the log says them.
    did_create_user: "created a user", "新建用户";
    did_disable_user: "disabled", "停用用户";
    did_enable_user: "enabled", "启用用户";
    did_end_sessions: "signed out everywhere", "退出所有登录";
    did_reset_link: "made a one-time link", "生成一次性链接";
    did_use_link: "chose a password by a link", "通过链接设置密码";
    did_set_password: "set a password", "设置密码";
    did_make_admin: "made an administrator", "设为管理员";
    did_revoke_admin: "took back administrator", "取消管理员";
    did_delete_user: "deleted a user", "删除用户";
    did_set_role: "gave a role", "设置角色";
    did_add_member: "added a member", "添加成员";
    did_remove_member: "removed a member", "移除成员";
    did_archive_group: "archived a group", "归档群组";
    did_reopen_group: "reopened a group", "重新开放群组";
    did_delete_group: "deleted a group", "删除群组";
    did_group_retention: "set a group's retention", "设置群组保留天数";
    did_remove_message: "removed a message", "移除消息";
    did_read_private: "looked into private conversations", "查看私人会话";
    did_remove_upload: "removed an upload", "移除上传文件";
    did_invite: "made an invitation to the server", "生成服务器邀请链接";
    did_revoke_invitation: "revoked an invitation to the server", "撤销服务器邀请链接";
    did_settings: "changed settings", "修改设置";
}

impl Lang {
    /// So many files.
    #[must_use]
    pub fn files(self, count: i64) -> String {
        match count {
            1 => self.one_file().to_owned(),
            _ => self.files_count(grouped(count)),
        }
    }

    /// What was done.
    #[must_use]
    pub fn did(self, action: Action) -> &'static str {
        match action {
            Action::CreateUser => self.did_create_user(),
            Action::DisableUser => self.did_disable_user(),
            Action::EnableUser => self.did_enable_user(),
            Action::EndSessions => self.did_end_sessions(),
            Action::ResetLink => self.did_reset_link(),
            Action::UseLink => self.did_use_link(),
            Action::SetPassword => self.did_set_password(),
            Action::MakeAdmin => self.did_make_admin(),
            Action::RevokeAdmin => self.did_revoke_admin(),
            Action::DeleteUser => self.did_delete_user(),
            Action::SetRole => self.did_set_role(),
            Action::AddMember => self.did_add_member(),
            Action::RemoveMember => self.did_remove_member(),
            Action::ArchiveGroup => self.did_archive_group(),
            Action::ReopenGroup => self.did_reopen_group(),
            Action::DeleteGroup => self.did_delete_group(),
            Action::GroupRetention => self.did_group_retention(),
            Action::RemoveMessage => self.did_remove_message(),
            Action::ReadPrivate => self.did_read_private(),
            Action::RemoveUpload => self.did_remove_upload(),
            Action::Invite => self.did_invite(),
            Action::RevokeInvitation => self.did_revoke_invitation(),
            Action::Settings => self.did_settings(),
        }
    }

    /// What the log holds beside an action, in words; as it is stored where it holds none of its own.
    #[must_use]
    pub fn detail_of(self, action: Action, stored: &str) -> String {
        let told = match action {
            Action::CreateUser if stored == "administrator" => {
                Some(self.administrator().to_owned())
            }
            Action::DeleteUser if !stored.is_empty() => Some(self.messages_erased().to_owned()),
            Action::SetRole | Action::AddMember => {
                stored.rsplit_once(": ").map(|(group, of)| format!("{group}: {}", role(self, of)))
            }
            Action::GroupRetention if stored == "-" => Some(self.as_for_the_server().to_owned()),
            Action::GroupRetention => stored.parse().ok().map(|days| self.kept_for(days)),
            Action::Invite => self.terms_of(stored),
            Action::Settings => Some(self.settings_of(stored)),
            _ => None,
        };
        told.unwrap_or_else(|| stored.to_owned())
    }

    fn kept_for(self, days: u32) -> String {
        match days {
            0 => self.for_ever().to_owned(),
            1 => self.one_day().to_owned(),
            _ => self.days(days),
        }
    }

    /// `milliseconds=3600000 uses=10`, of which each may be `-`.
    fn terms_of(self, stored: &str) -> Option<String> {
        let (lifetime, uses) = stored.strip_prefix("milliseconds=")?.split_once(" uses=")?;
        let number = |text: &str| if text == "-" { Some(0) } else { text.parse::<i64>().ok() };
        let hours = u32::try_from(number(lifetime)? / 3_600_000).ok()?;
        let uses = u32::try_from(number(uses)?).ok()?;
        let (lifetime, uses) = (self.lifetime(hours), self.number_of_uses(uses));
        Some(format!("{}: {lifetime} · {}: {uses}", self.works_for(), self.how_many_join()))
    }

    /// `registration=open retention=30 banner=Some words`: the words come last.
    fn settings_of(self, stored: &str) -> String {
        let (numbers, banner) = match stored.split_once("banner=") {
            Some((numbers, banner)) => (numbers, Some(banner)),
            None => (stored, None),
        };
        let number = |pair: &str| match pair.split_once('=') {
            Some(("registration", value)) => {
                let value = Registration::parse(value);
                let value = value.map_or("", |value| self.who_registers(value));
                format!("{}: {value}", self.registration())
            }
            Some(("upload_limit", value)) => format!("{}: {value}", self.largest_upload()),
            Some(("retention", value)) => format!("{}: {value}", self.retention()),
            _ => pair.to_owned(),
        };
        let banner = banner.map(|words| format!("{}: {words}", self.announcement()));
        let told: Vec<_> = numbers.split_whitespace().map(number).chain(banner).collect();
        told.join(" · ")
    }

    /// Who may register.
    #[must_use]
    pub fn who_registers(self, registration: Registration) -> &'static str {
        match registration {
            Registration::Open => self.registration_open(),
            Registration::Invitation => self.registration_by_invitation(),
            Registration::Closed => self.registration_closed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_s_details_are_told_in_the_reader_s_language() {
        let told = |action, stored: &str| Lang::Zh.detail_of(action, stored);
        assert_eq!(told(Action::CreateUser, "administrator"), "管理员");
        assert_eq!(told(Action::DeleteUser, "messages erased"), "消息已清除");
        assert_eq!(told(Action::SetRole, "港口: 委员会 (7): owner"), "港口: 委员会 (7): 群主");
        assert_eq!(told(Action::GroupRetention, "30"), "30 天");
        assert_eq!(told(Action::GroupRetention, "-"), "与服务器相同");
        assert_eq!(
            told(Action::Invite, "milliseconds=86400000 uses=-"),
            "有效期: 1 天 · 可加入人数: 不限"
        );
        assert_eq!(
            told(Action::Settings, "registration=closed retention=0 banner=a b=c"),
            "注册: 关闭：由管理员创建账号 · 消息保留天数: 0 · 公告: a b=c"
        );
        assert_eq!(told(Action::RemoveMessage, "ann: off topic"), "ann: off topic");
    }
}
