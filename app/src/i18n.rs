//! Words in both languages, side by side, so that none can be missing: a key without its two
//! sentences does not compile. Server and browser use the same ones.

use crate::error::{Error, Field, Problem, Rule};
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    En,
    Zh,
}

impl Lang {
    /// The cookie that remembers the choice: `en` or `zh`.
    pub const COOKIE: &str = "lang";

    /// Its BCP 47 tag, for `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// The language that starts this tag (`zh`, `zh-TW`, `en-GB`), if it is one of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110, 12.5.4).
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header
            .split(',')
            .filter_map(|entry| {
                let (tag, rest) = entry.split_once(';').unwrap_or((entry, "q=1"));
                let weight: f32 = rest.trim().strip_prefix("q=")?.parse().ok()?;
                Some((Self::from_tag(tag)?, weight))
            })
            .filter(|(_, weight)| *weight > 0.0)
            // `max_by` takes the last of equals; the first stated is preferred.
            .rev()
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(lang, _)| lang)
    }
}

/// The language of this page, from context. It does not change while the page lives: another one
/// loads it anew, so that no sentence on it has to watch for that.
#[must_use]
pub fn use_lang() -> Lang {
    use_context().unwrap_or_default()
}

/// `key: "English", "中文";` makes `Lang::key() -> &'static str`;
/// `key(a, b): "…{a}…{b}", "…";` makes `Lang::key(a, b) -> String`.
macro_rules! words {
    ($($name:ident $(($($arg:ident),+))? : $en:literal, $zh:literal;)*) => {
        impl Lang {
            $($crate::i18n::words!(@one $name $(($($arg),+))? $en $zh);)*
        }
    };
    (@one $name:ident $en:literal $zh:literal) => {
        #[doc = $en]
        #[must_use]
        pub fn $name(self) -> &'static str {
            match self { Self::En => $en, Self::Zh => $zh }
        }
    };
    (@one $name:ident ($($arg:ident),+) $en:literal $zh:literal) => {
        #[doc = $en]
        #[must_use]
        pub fn $name(self, $($arg: impl ::std::fmt::Display),+) -> String {
            // Never called: a sentence with a gap of another name does not compile.
            let _ = |$($arg: &dyn ::std::fmt::Display),+| (format!($en), format!($zh));
            let sentence = match self { Self::En => $en, Self::Zh => $zh };
            $crate::i18n::fill(sentence, &[$((stringify!($arg), &$arg)),+])
        }
    };
}

pub(crate) use words;

/// A sentence with its gaps, `{name}`, filled. At run time, for `format!` is compiled anew for each
/// sentence and each type of value.
pub(crate) fn fill(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::new();
    for (number, piece) in sentence.split(['{', '}']).enumerate() {
        match values.iter().find(|(name, _)| number % 2 == 1 && *name == piece) {
            Some((_, value)) => filled.push_str(&value.to_string()),
            None => filled.push_str(piece),
        }
    }
    filled
}

words! {
    // Errors, as sentences.
    error_unauthenticated: "Please log in.", "请先登录。";
    error_wrong_login: "The name or the password is wrong, or the account was disabled.", "用户名或密码不正确，或账号已停用。";
    error_forbidden: "You may not do that.", "你没有权限这样做。";
    error_registration_closed: "This server takes no new accounts. Ask its administrator.", "此服务器已关闭注册，请联系管理员。";
    error_cross_site: "This request came from another site and was refused.", "此请求来自其他网站，已被拒绝。";
    error_not_found: "It does not exist, or you are not a member.", "内容不存在，或你不是成员。";
    error_name_taken: "This name is taken. Choose another.", "这个用户名已被使用，请换一个。";
    error_archived: "This group is archived. Its owner can reopen it.", "此群组已归档，群主可以重新开放。";
    error_malformed: "The server could not read this request.", "服务器无法读取此请求。";
    error_too_large_between: "This is larger than what a proxy before the server lets through.", "超过了服务器前的代理所允许的大小。";
    error_too_large(limit): "This is larger than the limit of {limit}.", "超过了 {limit} 的上限。";
    error_not_a_picture: "This is not a picture that can be shown: JPEG, PNG, GIF or WebP.", "这不是可显示的图片，请选择 JPEG、PNG、GIF 或 WebP。";
    error_broken_picture: "This picture is damaged and cannot be read.", "这张图片已损坏，无法读取。";
    error_picture_too_big(pixels, frames): "This picture is too big: at most {pixels} million pixels and {frames} frames.", "图片过大：最多 {pixels} 百万像素、{frames} 帧。";
    error_too_many(seconds): "Too many attempts. Try again in {seconds} s.", "尝试次数过多，请在 {seconds} 秒后重试。";
    error_unavailable: "The server is busy or its database does not answer. Try again soon.", "服务器繁忙或数据库没有响应，请稍后重试。";
    error_no_space: "The server's disk is full, so nothing was stored. Please tell whoever runs it.", "服务器磁盘已满，未能保存。请告知管理员。";
    error_internal: "Something went wrong on the server. Its log has the details.", "服务器出错，详情见服务器日志。";
    error_unreadable_file: "This cannot be read: it is a folder, or has changed. Choose the file again.", "无法读取：它是文件夹，或者已被修改。请重新选择文件。";
    error_no_answer: "The server does not answer. Is this device connected?", "服务器没有响应，请检查网络连接。";

    // Fields and their rules.
    field_name: "Name", "用户名";
    field_password: "Password", "密码";
    field_current_password: "Present password", "当前密码";
    field_display_name: "Shown name", "昵称";
    field_introduction: "Introduction", "简介";
    field_group_name: "Group's name", "群名称";
    field_setup_code: "Set-up code", "安装码";
    field_body: "Message", "消息";
    field_picture: "Picture", "图片";
    field_reactions: "Reactions", "回应";
    video: "Video", "视频";
    audio: "Audio", "音频";
    file: "File", "文件";
    field_search: "Search", "搜索";
    rule_required: "This is needed.", "必填。";
    rule_too_short(min): "At least {min} characters.", "至少 {min} 个字符。";
    rule_too_long(max): "At most {max} characters.", "最多 {max} 个字符。";
    rule_characters: "Some of these characters are not allowed.", "含有不允许的字符。";
    rule_name_characters: "A name has no spaces or invisible characters.", "用户名不能包含空格或不可见字符。";
    rule_like_name: "Too much like the name.", "与用户名过于相似。";
    rule_common: "Too easy to guess: it is often used.", "过于常见，容易被猜到。";
    rule_only_digits: "Only digits is too easy to guess. Add letters.", "不能只有数字，请加入字母。";
    rule_wrong: "This is not the right one.", "不正确。";
    rule_wrong_password: "This is not your present password.", "这不是你的当前密码。";
    rule_unchanged: "This is your present password. Choose another.", "这就是当前密码，请换一个。";
    hint_name(max): "At most {max} characters, no spaces. You log in with it.", "最多 {max} 个字符，不含空格，登录时使用。";
    hint_password(min): "At least {min} characters; not only digits, not a common one, not like the name.", "至少 {min} 个字符；不能只有数字，不能太常见，也不能与用户名相似。";
    hint_setup_code: "The server has printed it where it was started.", "服务器启动时显示在终端里。";
    hint_display_name(name): "Shown beside your messages. You log in as @{name}; others see that too.", "显示在你的消息旁。你的登录名是 @{name}，其他人也能看到。";

    // Everywhere.
    skip: "Skip to the content", "跳到内容";
    back: "Back", "返回";
    close: "Close", "关闭";
    end_search: "Close the search", "关闭搜索";
    cancel: "Cancel", "取消";
    save: "Save", "保存";
    saved: "Saved.", "已保存。";
    retry: "Try again", "重试";
    discard: "Discard", "丢弃";
    language: "Language", "语言";
    colours: "Colours", "外观";
    theme_system: "As the device is set", "跟随系统";
    theme_light: "Light", "浅色";
    theme_dark: "Dark", "深色";
    today: "Today", "今天";
    yesterday: "Yesterday", "昨天";
    no_results: "Nothing found.", "没有找到。";
    page_not_found: "There is no such page", "页面不存在";
    to_start: "To the conversations", "返回会话";

    // Log in, register.
    log_in: "Log in", "登录";
    log_out: "Log out", "退出登录";
    welcome_back: "Welcome back", "欢迎回来";
    join: "Join in", "加入聊天";
    gate_words: "The messenger of this network. No email needed.", "本网络内的即时通讯，无需邮箱。";
    create_account: "Create account", "创建账号";
    no_account: "New here?", "还没有账号？";
    have_account: "Already here?", "已有账号？";
    show_password: "Show password", "显示密码";
    session_ended: "You were logged out here: in another tab, by a new password, by an administrator, or after 30 days without use.", "你在这里已退出登录：可能是在其他标签页退出、修改了密码、被管理员登出，或 30 天未使用。";

    // Settings.
    settings: "Settings", "设置";
    profile: "Profile", "个人资料";
    look: "Language and look", "语言与外观";
    choose_picture: "Choose a picture", "选择头像";
    remove_picture: "Remove", "移除头像";
    change_password: "Change password", "修改密码";
    change_password_words: "It logs you out everywhere else.", "修改后，其他地方的登录都会退出。";
    new_password: "New password", "新密码";
    administer: "Administer this server", "管理此服务器";
    own_sessions: "Where you are logged in", "登录设备";
    own_sessions_words: "Devices and browsers that are logged in as you. End what you do not know.", "以你的身份登录的设备和浏览器。如有不认识的，请结束。";
    show_sessions: "Show", "查看";
    this_session: "This one", "本设备";
    session_created: "Logged in", "登录时间";
    session_used: "Last used", "最近使用";
    end_session: "End", "结束";
    end_other_sessions: "End all others", "结束其他所有登录";
    unknown_device: "Unknown device", "未知设备";
    choose_password: "Choose a password", "设置密码";
    choose_password_words(name): "For @{name}. You are logged in then, and logged out everywhere else.", "用户 @{name}。设置后将登录，并退出其他所有登录。";
    link_over: "This link does not work", "链接无效";
    link_over_words: "It was used, has expired, or is not whole. Ask an administrator for another.", "链接已使用、已过期或不完整，请联系管理员重新获取。";
    announcement_label: "Announcement", "公告";
    password_changed: "Your password is changed; all your other sessions have ended.", "密码已修改，其他地方的登录均已退出。";

    // Conversations and people.
    conversations: "Conversations", "会话";
    people: "People", "联系人";
    deleted_person: "Deleted person", "已删除的用户";
    person_is_gone: "This account was deleted.", "此账号已删除。";
    find_here: "Search in this conversation", "在此会话中搜索";
    filters: "Filters", "筛选";
    remove_filters: "Remove filters", "清除筛选";
    look_in: "In", "范围";
    all_conversations: "All conversations", "所有会话";
    sent_by: "From", "发送者";
    from_day: "From day", "开始日期";
    to_day: "To day", "结束日期";
    with_picture: "With a picture", "含图片";
    with_file: "With a file", "含文件";
    more_results: "More results", "更多结果";
    indexing: "Older messages are still being made ready for search.", "较早的消息仍在建立索引，暂时搜不到。";
    more_people: "More people", "更多联系人";
    lobby: "Lobby", "大厅";
    online: "Online", "在线";
    away: "Away", "离开";
    offline: "Offline", "离线";
    online_count(count): "{count} online", "{count} 人在线";
    member_count(count): "Members: {count}", "{count} 位成员";
    unread_count(count): "{count} unread", "{count} 条未读";
    mention_count(count): "{count} that mention you", "{count} 条提到你";
    you: "You", "我";
    said(name, words): "{name}: {words}", "{name}：{words}";
    nobody_yet: "Nobody else is here yet. Share this address with people on your network:", "还没有其他人。把这个地址告诉同一网络里的人：";
    choose_room: "Choose a conversation", "选择一个会话";
    choose_room_words: "Or pick a person to write to.", "或者选择一位联系人开始聊天。";
    room_not_found: "This conversation cannot be shown", "无法显示此会话";
    pin_room: "Pin to the top", "置顶";
    pinned: "Pinned", "已置顶";
    notify: "Notify me of", "通知我";
    notify_all: "All messages", "所有消息";
    notify_mentions: "Mentions", "仅提到我";
    notify_nothing: "Nothing", "不通知";
    muted: "Muted", "已免打扰";
    is_typing(names): "{names} is writing…", "{names} 正在输入…";
    are_typing(names): "{names} are writing…", "{names} 正在输入…";
    notices: "Notifications", "通知";
    notices_words: "Of what you are not looking at. Which conversations make a stir is set in their details.", "仅通知你未在查看的消息；每个会话的通知方式在其详情中设置。";
    notices_desktop: "Show them outside of this page", "在网页之外显示";
    notices_never: "This browser shows none for a page that comes over plain HTTP. The page's title and icon tell of news, and while you look at another conversation a note does.", "浏览器不为通过普通 HTTP 打开的网页显示通知。新消息会显示在网页标题和图标上；你在看其他会话时，页面内会有提示。";
    notices_refused: "You forbade it in the browser's settings for this page.", "你已在浏览器的网站设置中禁止通知。";
    notices_sound: "Play a sound", "播放提示音";
    quiet_hours: "Quiet hours: show and play nothing", "免打扰时段：不提示也不响铃";
    quiet_from: "From", "开始";
    quiet_to: "Until", "结束";
    notes: "Notes to yourself", "给自己的笔记";
    notes_words: "Only you see what is here.", "只有你能看到这里的内容。";
    open_notes: "Open your notes", "打开笔记";
    details: "Details", "详情";
    members: "Members", "成员";
    since: "Since", "创建时间";
    created_by: "Made by", "创建者";

    // Groups.
    groups: "Groups", "群组";
    new_group: "New group", "新建群组";
    create_group: "Create group", "创建群组";
    public_groups: "Public groups", "公开群组";
    public_groups_words: "Anyone may join these.", "任何人都可以加入。";
    groups_need_script: "This list needs JavaScript.", "此列表需要 JavaScript。";
    no_groups: "There is no public group yet.", "还没有公开群组。";
    more_groups: "More groups", "更多群组";
    join_group: "Join", "加入";
    join_named(name): "Join {name}", "加入 {name}";
    open_group: "Open", "打开";
    who_finds_it: "Who may find it", "谁可以找到";
    private_group: "Private", "私密";
    private_group_words: "Whoever is added to it.", "仅限被添加的成员。";
    public_group: "Public", "公开";
    public_group_words: "Everyone may find and join it.", "所有人都可以找到并加入。";
    edit_group: "Edit group", "编辑群资料";
    add_people: "Add people", "添加成员";
    add_count(count): "Add {count}", "添加 {count} 人";
    find_people: "Find people", "查找联系人";
    everyone_is_here: "Everyone is here already.", "所有人都已在群里。";
    archived: "Archived", "已归档";
    archive_group: "Archive group", "归档群组";
    reopen_group: "Reopen group", "重新开放群组";
    leave_group: "Leave group", "退出群组";
    leave_really: "Leave this group?", "确定退出群组？";
    leave_as_owner: "Leave this group? The administrator who has been there for the longest becomes its owner; without one, the member.", "确定退出群组？群主将由最早加入的管理员接任；没有管理员时由最早加入的成员接任。";
    leave_as_last: "Leave this group? Nobody else is in it, so it is deleted with all its messages.", "确定退出群组？群里没有其他人，群组及全部消息将被删除。";
    owner: "Owner", "群主";
    administrator: "Administrator", "管理员";
    your_role: "You are", "我的身份";
    member_actions(name): "What to do with {name}", "管理 {name}";
    make_administrator: "Make administrator", "设为管理员";
    make_member: "No longer administrator", "取消管理员";
    hand_over: "Make owner", "转让群主";
    hand_over_really(name): "Make {name} the owner in your place?", "确定将群主转让给 {name}？";
    remove_member: "Remove from group", "移出群组";
    remove_really(name): "Remove {name} from the group?", "确定将 {name} 移出群组？";
    // What happened to a group: `who` did it, to the one called `name`; their gaps are filled together.
    event_created: "{who} created the group", "{who} 创建了群组";
    event_joined: "{who} joined", "{who} 加入了群组";
    event_invited: "{who} joined by an invitation of {name}", "{who} 通过 {name} 的邀请加入了群组";
    event_left: "{who} left", "{who} 退出了群组";
    event_owner_left: "{who} left; {name} owns the group now", "{who} 退出了群组，{name} 成为群主";
    between_names: ", ", "、";
    event_added: "{who} added {name}", "{who} 添加了 {name}";
    event_added_many: "{who} added {name} and {more} more", "{who} 添加了 {name} 等人（另有 {more} 人）";
    event_removed: "{who} removed {name}", "{who} 将 {name} 移出了群组";
    event_renamed: "{who} named the group “{name}”", "{who} 将群名改为“{name}”";
    event_described: "{who} changed what the group says of itself", "{who} 修改了群资料";
    event_pictured: "{who} changed the group's picture", "{who} 更换了群头像";
    event_archived: "{who} archived the group", "{who} 归档了群组";
    event_reopened: "{who} reopened the group", "{who} 重新开放了群组";
    event_owner: "{who} made {name} the owner", "{who} 将群主转让给 {name}";
    event_promoted: "{who} made {name} an administrator", "{who} 将 {name} 设为管理员";
    event_demoted: "{name} is no longer an administrator, by {who}", "{who} 取消了 {name} 的管理员身份";

    // Invitations.
    invite_by_link: "Invite by link", "链接邀请";
    invite_words: "Whoever opens such a link can join the group, and may register for it unless registration is closed.", "打开链接的人可以加入群组；除非注册已关闭，也可以为此注册账号。";
    works_for: "Works for", "有效期";
    how_many_join: "How many may join", "可加入人数";
    one_hour: "1 hour", "1 小时";
    one_day: "1 day", "1 天";
    days(count): "{count} days", "{count} 天";
    no_end: "No end", "永久";
    any_number: "Any number", "不限";
    make_link: "Make a link", "生成链接";
    no_links: "There is no link yet.", "还没有链接。";
    enough_links(count): "There are {count} links. Revoke one first.", "已有 {count} 个链接，请先撤销一个。";
    invitation_link: "Link", "链接";
    qr_code: "QR code", "二维码";
    revoke_link: "Revoke", "撤销";
    revoke_really: "Nobody gets in by this link any more. Revoke it?", "撤销后此链接将失效，确定撤销？";
    let_in(count): "Used: {count}", "已使用：{count}";
    let_in_of(count, max): "Used: {count} of {max}", "已使用：{count}/{max}";
    works_until(when): "until {when}", "有效至 {when}";
    made_by(name): "by {name}", "创建者：{name}";
    works_no_more: "Over", "已失效";
    invited_here: "You are invited", "你收到了邀请";
    invited_to(name): "You are invited to {name}.", "你被邀请加入 {name}。";
    invited_words: "With an account you are in at once.", "有账号即可加入。";
    invitation_over: "This invitation does not work", "邀请无效";
    invitation_over_words: "It has expired, is used up or revoked, or is not whole. Ask whoever gave it to you for another.", "邀请已过期、已用完、已撤销或不完整，请向邀请人重新索取。";
    by_invitation_only: "By invitation only", "仅限受邀注册";
    by_invitation_words: "Ask somebody who is here, or the administrator, for a link: whoever opens it can register.", "请向这里的成员或管理员索取邀请链接，打开后即可注册。";

    // A conversation.
    messages: "Messages", "消息";
    older: "Older messages", "更早的消息";
    messages_between: "Messages in between", "中间的消息";
    new_messages: "New messages", "新消息";
    to_unread: "First unread", "跳到未读";
    to_newest: "To the newest message", "回到最新消息";
    begins_here: "This is where the conversation begins.", "会话从这里开始。";
    say_hello: "Nothing has been said yet. Say hello!", "还没有消息，打个招呼吧！";
    device_offline: "This device has no network. What you write is kept and sent later.", "设备没有网络。你写的内容会保留，稍后发送。";
    reconnecting: "The server does not answer. Reconnecting…", "服务器没有响应，正在重新连接…";
    drop_here: "Drop files to attach them", "松开即可添加文件";
    write_to(name): "Write to {name}", "发消息到 {name}";
    send: "Send", "发送";
    copy: "Copy", "复制";
    copied: "Copied", "已复制";
    attach: "Attach files", "添加文件";
    characters_over(count): "Characters too many: {count}", "超出 {count} 个字符";
    characters_left(count): "Characters left: {count}", "还可输入 {count} 个字符";
    emoji: "Emoji", "表情";
    find_emoji: "Find an emoji", "查找表情";
    completions: "Suggestions", "建议";
    everyone: "Everyone", "所有人";
    recent_emoji: "Recent", "最近使用";
    stickers: "Stickers", "贴纸";
    skin_tone: "Skin tone", "肤色";
    tone_none: "No skin tone", "无肤色";
    tone_light: "Light", "较浅";
    tone_medium_light: "Medium light", "中等偏浅";
    tone_medium: "Medium", "中等";
    tone_medium_dark: "Medium dark", "中等偏深";
    tone_dark: "Dark", "较深";
    emoji_smileys: "Smileys", "笑脸与情感";
    emoji_people: "People", "人物";
    emoji_nature: "Animals and nature", "动物与自然";
    emoji_food: "Food and drink", "食物与饮料";
    emoji_travel: "Travel", "旅行";
    emoji_activities: "Activities", "活动";
    emoji_objects: "Objects", "物品";
    emoji_symbols: "Symbols", "符号";
    emoji_flags: "Flags", "旗帜";
    answer: "Reply", "回复";
    react: "React", "添加回应";
    reactions: "Reactions", "回应";
    all_emoji: "All emoji", "全部表情";
    and_more(names, more): "{names} and {more} more", "{names} 等人（另有 {more} 人）";
    copy_link: "Copy link", "复制链接";
    forward: "Forward", "转发";
    forward_to: "Forward to", "转发给";
    forwarded_from(name): "Forwarded from {name}", "转发自 {name}";
    earlier_versions: "Earlier versions", "历史版本";
    answering: "Replying to", "正在回复";
    edit: "Edit", "编辑";
    edited: "edited", "已编辑";
    delete: "Delete", "删除";
    delete_really: "Delete this message for everyone?", "确定为所有人删除这条消息？";
    deleted_message: "This message was deleted.", "此消息已删除。";
    removed_message(why): "Removed by an administrator: {why}", "已被管理员移除：{why}";
    sending: "Sending…", "发送中…";
    sent: "Sent", "已发送";
    seen: "Seen", "已读";
    seen_by(count): "Seen by {count}", "{count} 人已读";
    not_sent(why): "Not sent. {why}", "未发送。{why}";
    uploading: "Uploading", "正在上传";
    attached: "Attached", "待发送的文件";
    remove_file(name): "Remove {name}", "移除 {name}";
    refused_file(name): "Take away {name} to send the rest.", "请先移除 {name}，再发送其余内容。";
    too_many_files(max): "One message takes at most {max} files.", "一条消息最多 {max} 个文件。";
    sent_when_up: "It is sent as soon as everything is up.", "全部上传后自动发送。";
    download: "Download", "下载";
    previous_picture: "Previous picture", "上一张";
    next_picture: "Next picture", "下一张";
    zoom_in: "Zoom in", "放大";
    zoom_out: "Zoom out", "缩小";
    picture_gone: "This picture cannot be shown.", "无法显示此图片。";
}

impl Lang {
    /// What an error says to a person.
    #[must_use]
    pub fn error(self, error: &Error) -> String {
        match error {
            Error::WrongLogin => self.error_wrong_login().into(),
            Error::RegistrationClosed => self.error_registration_closed().into(),
            Error::UnreadableFile => self.error_unreadable_file().into(),
            Error::NameTaken => self.error_name_taken().into(),
            Error::TooLarge { limit: 0 } => self.error_too_large_between().into(),
            Error::TooLarge { limit } => self.error_too_large(crate::ui::bytes(*limit)),
            Error::NoSpace => self.error_no_space().into(),
            Error::NotAPicture => self.error_not_a_picture().into(),
            Error::BrokenPicture => self.error_broken_picture().into(),
            Error::PictureTooBig { pixels, frames } => {
                self.error_picture_too_big(pixels / 1_000_000, frames)
            }
            Error::Invalid { problems } => problems
                .iter()
                .map(|problem| format!("{}: {}", self.field(problem.field), self.rule(problem)))
                .collect::<Vec<_>>()
                .join(" "),
            usual => self.usual_error(usual),
        }
    }

    /// The same of what can go wrong while one reads and writes: a page begins with these sentences alone.
    #[must_use]
    pub fn usual_error(self, error: &Error) -> String {
        let sentence = match error {
            Error::TooMany { retry_after } => return self.error_too_many(retry_after),
            Error::Unauthenticated => self.error_unauthenticated(),
            Error::Forbidden => self.error_forbidden(),
            Error::CrossSite => self.error_cross_site(),
            Error::NotFound => self.error_not_found(),
            Error::Archived => self.error_archived(),
            Error::Unavailable => self.error_unavailable(),
            Error::NoAnswer => self.error_no_answer(),
            Error::Internal => self.error_internal(),
            // A conversation is asked for nothing that could answer with another one.
            _ => self.error_malformed(),
        };
        sentence.into()
    }

    /// A field's label.
    #[must_use]
    pub fn field(self, field: Field) -> &'static str {
        match field {
            Field::Name => self.field_name(),
            Field::Password => self.field_password(),
            Field::CurrentPassword => self.field_current_password(),
            Field::DisplayName => self.field_display_name(),
            Field::Introduction => self.field_introduction(),
            Field::GroupName => self.field_group_name(),
            Field::SetupCode => self.field_setup_code(),
            Field::Body => self.field_body(),
            Field::Picture => self.field_picture(),
            Field::Reactions => self.field_reactions(),
            Field::Search => self.field_search(),
        }
    }

    /// What the broken rule asks for.
    #[must_use]
    pub fn rule(self, problem: &Problem) -> String {
        match problem.rule {
            Rule::Required => self.rule_required().into(),
            Rule::TooShort { min } => self.rule_too_short(min),
            Rule::TooLong { max } => self.rule_too_long(max),
            Rule::Characters if problem.field == Field::Name => self.rule_name_characters().into(),
            Rule::Characters => self.rule_characters().into(),
            Rule::LikeName => self.rule_like_name().into(),
            Rule::Common => self.rule_common().into(),
            Rule::OnlyDigits => self.rule_only_digits().into(),
            Rule::Unchanged => self.rule_unchanged().into(),
            Rule::Wrong if problem.field == Field::CurrentPassword => {
                self.rule_wrong_password().into()
            }
            Rule::Wrong => self.rule_wrong().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_language_is_the_first_of_ours_by_weight() {
        let lang = Lang::from_accept_language;
        assert_eq!(lang("zh-CN,zh;q=0.9,en;q=0.8"), Some(Lang::Zh));
        assert_eq!(lang("de, en;q=0.5, zh;q=0.7"), Some(Lang::Zh));
        assert_eq!(lang("en,zh"), Some(Lang::En));
        assert_eq!(lang("zh;q=0, fr"), None);
        assert_eq!(lang(";;,q=,"), None);
    }
}
