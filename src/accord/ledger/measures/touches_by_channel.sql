-- title: Touches by channel
-- grain: one group of leads by (by, key) and channel; all leads come first
-- unit: touches; leads; share
-- meaning: how often each channel was used on the leads that depth looks at: delivered in the period, never connected
--   with, not ended and older than the first checkpoint. Beside it stands what the agreement asks for each lead; a call
--   that ends in a voicemail is one touch of each. Touches count that count for depth, automated ones only if the
--   agreement says so.
-- requirements: 5.2, S0.28, S3.14, F14
-- columns:
--   by: all, lead_type, stream, segment, month or owner
--   key: the group's value; NULL if unknown
--   channel: call, voicemail, email, video, chat, sms, social, visit, or other for what the log does not name
--   leads: leads of the group
--   touches: touches through the channel
--   mean: touches ÷ leads
--   promised: touches that a lead of the group is owed, mean; NULL for channels of which the agreement says nothing
--   whole: leads that got as many as they are owed; NULL where none are
--   share_whole: whole ÷ leads
--   small: fewer than 10 leads
WITH population AS (
    SELECT
        f.lead_type, f.stream, f.segment, f.worker, date_trunc('month', f.delivered_on) AS month,
        f.touches.call AS calls, n.call AS calls_owed,
        f.touches.voicemail AS voicemails, n.voicemail AS voicemails_owed,
        f.touches.email AS emails, n.email AS emails_owed,
        f.touches.video AS videos, n.video AS videos_owed,
        f.touches.chat AS chats, f.touches.sms AS sms, f.touches.social AS socials, f.touches.visit AS visits,
        f.touches.other AS others
    FROM pursuit f
    CROSS JOIN params p
    JOIN term_touches n ON n.lead_type = f.terms_type
    WHERE f.unreached AND f.delivered_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        CASE
            WHEN grouping(lead_type) = 0 THEN 'lead_type'
            WHEN grouping(stream) = 0 THEN 'stream'
            WHEN grouping(segment) = 0 THEN 'segment'
            WHEN grouping(month) = 0 THEN 'month'
            WHEN grouping(worker) = 0 THEN 'owner'
            ELSE 'all'
        END AS "by",
        lead_type, stream, segment, month, worker,
        count(*) AS leads,
        [
            {'channel': 'call', 'touches': sum(calls), 'owed': sum(calls_owed),
                'whole': count(*) FILTER (calls >= calls_owed OR calls_owed = 0)},
            {'channel': 'voicemail', 'touches': sum(voicemails), 'owed': sum(voicemails_owed),
                'whole': count(*) FILTER (voicemails >= voicemails_owed OR voicemails_owed = 0)},
            {'channel': 'email', 'touches': sum(emails), 'owed': sum(emails_owed),
                'whole': count(*) FILTER (emails >= emails_owed OR emails_owed = 0)},
            {'channel': 'video', 'touches': sum(videos), 'owed': sum(videos_owed),
                'whole': count(*) FILTER (videos >= videos_owed OR videos_owed = 0)},
            {'channel': 'chat', 'touches': sum(chats), 'owed': 0, 'whole': 0},
            {'channel': 'sms', 'touches': sum(sms), 'owed': 0, 'whole': 0},
            {'channel': 'social', 'touches': sum(socials), 'owed': 0, 'whole': 0},
            {'channel': 'visit', 'touches': sum(visits), 'owed': 0, 'whole': 0},
            {'channel': 'other', 'touches': sum(others), 'owed': 0, 'whole': 0}
        ] AS channels
    FROM population
    GROUP BY GROUPING SETS ((), (lead_type), (stream), (segment), (month), (worker))
    HAVING count(*) > 0
),
apart AS (
    SELECT "by", lead_type, stream, segment, month, worker, leads, unnest(channels) AS one FROM counted
)
SELECT
    "by",
    CASE "by"
        WHEN 'lead_type' THEN lead_type
        WHEN 'stream' THEN stream
        WHEN 'segment' THEN segment
        WHEN 'month' THEN strftime(month, '%Y-%m')
        WHEN 'owner' THEN worker
        ELSE 'all'
    END AS "key",
    one.channel AS channel,
    leads,
    CAST(coalesce(one.touches, 0) AS BIGINT) AS touches,
    coalesce(one.touches, 0) / leads AS mean,
    CASE WHEN one.owed > 0 THEN one.owed / leads END AS promised,
    CASE WHEN one.owed > 0 THEN one.whole END AS whole,
    CASE WHEN one.owed > 0 THEN one.whole / leads END AS share_whole,
    leads < 10 AS small
FROM apart
WHERE one.owed > 0 OR one.touches > 0
ORDER BY "by" <> 'all', "by", "key" NULLS LAST, promised DESC NULLS LAST, touches DESC, channel
