//! What people write, in both languages: words by how often they are used, lengths as in a chat.

use rand::{Rng, RngExt, seq::IndexedRandom};

/// English words, the frequent ones first.
const ENGLISH: &[&str] = &[
    "the",
    "to",
    "I",
    "you",
    "a",
    "and",
    "it",
    "is",
    "that",
    "in",
    "we",
    "of",
    "for",
    "on",
    "this",
    "have",
    "be",
    "at",
    "so",
    "not",
    "can",
    "with",
    "just",
    "do",
    "what",
    "are",
    "ok",
    "my",
    "if",
    "but",
    "will",
    "all",
    "yes",
    "no",
    "there",
    "they",
    "was",
    "me",
    "thanks",
    "how",
    "up",
    "now",
    "today",
    "tomorrow",
    "meeting",
    "when",
    "out",
    "get",
    "think",
    "know",
    "good",
    "time",
    "here",
    "about",
    "see",
    "one",
    "like",
    "go",
    "please",
    "need",
    "lunch",
    "morning",
    "week",
    "people",
    "work",
    "back",
    "after",
    "still",
    "should",
    "could",
    "really",
    "right",
    "sure",
    "sorry",
    "great",
    "maybe",
    "later",
    "room",
    "project",
    "server",
    "report",
    "file",
    "train",
    "coffee",
    "school",
    "class",
    "teacher",
    "weekend",
    "question",
    "answer",
    "problem",
    "message",
    "picture",
    "phone",
    "number",
    "network",
    "Monday",
    "Friday",
    "river",
    "garden",
    "music",
    "window",
    "ticket",
    "kitchen",
    "bicycle",
    "holiday",
    "database",
    "keyboard",
    "mountain",
    "weather",
    "library",
    "engine",
    "harbour",
    "lantern",
    "umbrella",
    "breakfast",
    "schedule",
    "festival",
    "neighbour",
    "telescope",
    "Shanghai",
    "notebook",
    "invoice",
    "railway",
    "painting",
    "sandwich",
];

/// Chinese words, the frequent ones first.
const CHINESE: &[&str] = &[
    "的",
    "我",
    "你",
    "是",
    "了",
    "不",
    "在",
    "我们",
    "这",
    "有",
    "就",
    "好",
    "他",
    "那",
    "都",
    "也",
    "吗",
    "吧",
    "去",
    "来",
    "说",
    "要",
    "会",
    "可以",
    "什么",
    "今天",
    "明天",
    "时候",
    "知道",
    "现在",
    "一下",
    "大家",
    "谢谢",
    "没有",
    "怎么",
    "一个",
    "这个",
    "看",
    "想",
    "还",
    "很",
    "开会",
    "下午",
    "上午",
    "晚上",
    "吃饭",
    "学校",
    "老师",
    "同学",
    "工作",
    "问题",
    "时间",
    "地方",
    "朋友",
    "电话",
    "消息",
    "图片",
    "文件",
    "项目",
    "服务器",
    "网络",
    "上海",
    "北京",
    "东边",
    "家",
    "天气",
    "周末",
    "火车",
    "咖啡",
    "图书馆",
    "报告",
    "数据库",
    "音乐",
    "电影",
    "自行车",
    "公园",
    "雨伞",
    "早饭",
    "安排",
    "节日",
    "邻居",
    "照片",
    "答案",
    "号码",
    "窗户",
    "厨房",
    "花园",
    "假期",
    "山",
    "河",
    "发动机",
    "港口",
    "灯笼",
    "望远镜",
    "笔记本",
    "发票",
    "铁路",
    "画",
    "三明治",
];

/// A word that few messages have.
pub const RARE: &str = "heliotrope";

const EMOJI: &[&str] = &["🙂", "😂", "👍", "🎉", "❤️", "🙏", "😅", "🔥"];

/// The words of one message, from 1 to about 200 characters, in one of the languages or in both.
/// There is neither a quotation mark nor a backslash in it.
pub fn words(random: &mut impl Rng) -> String {
    // Most are short, some are long: the smaller of two is twice as often small.
    let length = random.random_range(1..=24).min(random.random_range(1..=24));
    let mut text = match random.random_range(0..10) {
        0..4 => sentence(random, CHINESE, "", length),
        4..9 => sentence(random, ENGLISH, " ", length),
        _ => {
            let chinese = sentence(random, CHINESE, "", length);
            format!("{chinese} {}", sentence(random, ENGLISH, " ", length.div_ceil(4)))
        }
    };
    if random.random_range(0..8) == 0 {
        text.push(' ');
        text.push_str(EMOJI.choose(random).unwrap_or(&"🙂"));
    }
    text
}

fn sentence(random: &mut impl Rng, words: &[&str], between: &str, length: usize) -> String {
    let chosen: Vec<_> = (0..length).map(|_| frequent(random, words)).collect();
    chosen.join(between)
}

/// One of the words, the first ones more often: the product of two chances falls off about as the
/// words of a language do.
fn frequent<'a>(random: &mut impl Rng, words: &[&'a str]) -> &'a str {
    let chance = random.random::<f64>() * random.random::<f64>();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a short list"
    )]
    let place = (chance * words.len() as f64) as usize;
    words.get(place).copied().unwrap_or("ok")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::SmallRng};

    #[test]
    fn both_languages_are_written_and_nothing_needs_quoting() {
        let mut random = SmallRng::seed_from_u64(1);
        let texts: Vec<_> = (0..1_000).map(|_| words(&mut random)).collect();
        assert!(texts.iter().all(|text| !text.is_empty() && !text.contains(['\'', '\\', '"'])));
        let chinese = texts.iter().filter(|text| text.contains('的')).count();
        let english = texts.iter().filter(|text| text.contains("the")).count();
        assert!(chinese > 100 && english > 100, "{chinese} {english}");
    }
}
