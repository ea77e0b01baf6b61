SET FOREIGN_KEY_CHECKS = 0;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `_sqlx_migrations` (
  `version` bigint(20) NOT NULL,
  `description` text NOT NULL,
  `installed_on` timestamp NOT NULL DEFAULT current_timestamp(),
  `success` tinyint(1) NOT NULL,
  `checksum` blob NOT NULL,
  `execution_time` bigint(20) NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `_sqlx_migrations` VALUES (1,'users','2026-11-26 14:53:11',1,0xEB669354BA3D2F44FF83F1D2A5DCDE001B7E7D06B8F7ED3BBAE19F54D5572732D438550C4DAAF8D6D635E18B712267FE,4469876);
INSERT INTO `_sqlx_migrations` VALUES (2,'media','2026-11-26 14:53:11',1,0x4D6F1C16F4ED7DA8096C7130D555E573D72782B149AF90FCABE3DF380A9E069226B23DFA45B0E3840265FEE66317CCD5,6105210);
INSERT INTO `_sqlx_migrations` VALUES (3,'user avatar','2026-11-26 14:53:11',1,0xB19E0EF01BAD0299611D585A0DE858CC9E2592959EDAF9680B5E19EFA6A86C63895143F151A4EE16A41BDE63274178D0,7489582);
INSERT INTO `_sqlx_migrations` VALUES (4,'sessions','2026-11-26 14:53:11',1,0xE08A8D9F863C9681E2B70058671AB808503383C6D623B1985B81BE8DD30D9FFA694E082DA3903394E74301BBD80E1E9A,3472327);
INSERT INTO `_sqlx_migrations` VALUES (5,'rooms','2026-11-26 14:53:11',1,0x553E816290E296F9933E704151CCEC4B712663091F24890AFE3E477E4F2C69815BEE4F7EDCBDB48AAF9F032EBE19B981,4297911);
INSERT INTO `_sqlx_migrations` VALUES (6,'memberships','2026-11-26 14:53:11',1,0x929BC44DD3E4AC91D58C0B871F2F64DED895ABDD3931569486069E1B88B05115BEAA1A4753A795BA5EA1495965BD44C2,3190380);
INSERT INTO `_sqlx_migrations` VALUES (7,'messages','2026-11-26 14:53:11',1,0x1C507529E1A0DDE29074C2F43EFB431FBC35F732BC2D3A15D227B26DE95023A12031AA5172408425B1D037427DF967BB,3972488);
INSERT INTO `_sqlx_migrations` VALUES (8,'server state','2026-11-26 14:53:11',1,0xB0D60C134ECEE2F3320786BB3C96ECDB204756D9B098D7542524D08D4A181BD379C73CB840CAE1441D5EA5EA0C78E25D,2757428);
INSERT INTO `_sqlx_migrations` VALUES (9,'revocations','2026-11-26 14:53:11',1,0x48026543F2F1005140D8C91D9211473F3AB1C42125AAF272A266529135AF79CE81469688B58C7354CE9922EE0C4E79EF,1010759);
INSERT INTO `_sqlx_migrations` VALUES (10,'default room','2026-11-26 14:53:11',1,0xE84461623C5504C0FE552E6F83AD2F283F5D96905B17814F31FCC9D474747F6E4B5192474F62A900AB16CB9FA62D2B5B,1022546);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `media` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `owner_id` bigint(20) NOT NULL,
  `purpose` varchar(20) NOT NULL,
  `content_type` varchar(100) NOT NULL,
  `thumb_type` varchar(100) NOT NULL,
  `name` varchar(255) NOT NULL,
  `bytes` bigint(20) NOT NULL,
  `width` bigint(20) NOT NULL,
  `height` bigint(20) NOT NULL,
  `thumb_width` bigint(20) NOT NULL,
  `thumb_height` bigint(20) NOT NULL,
  `path` varchar(500) NOT NULL,
  `thumb_path` varchar(500) NOT NULL,
  `created` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `media_by_owner` (`owner_id`),
  KEY `media_by_created` (`created`),
  CONSTRAINT `media_owner` FOREIGN KEY (`owner_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `media` VALUES (1,1,'avatar','image/jpeg','image/jpeg','me.png',14117,256,256,96,96,'1f/d6/1fd614348ac1b471f36f1045bcba3344','1f/d6/1fd614348ac1b471f36f1045bcba3344.thumb',1795704796623);
INSERT INTO `media` VALUES (2,1,'message','image/png','image/jpeg','猫 😀.png',4887,64,48,64,48,'2b/d1/2bd13132d34c75339a5eb4139e8823e1','2b/d1/2bd13132d34c75339a5eb4139e8823e1.thumb',1795704796679);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `memberships` (
  `room_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `role` varchar(20) NOT NULL DEFAULT 'member',
  `joined` bigint(20) NOT NULL,
  `last_read_seq` bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY (`room_id`,`user_id`),
  KEY `memberships_by_user` (`user_id`),
  CONSTRAINT `memberships_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`),
  CONSTRAINT `memberships_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `memberships` VALUES (1,1,'member',1795704796503,8);
INSERT INTO `memberships` VALUES (1,2,'member',1795704796546,0);
INSERT INTO `memberships` VALUES (1,3,'member',1795704796583,0);
INSERT INTO `memberships` VALUES (2,1,'member',1795704796666,0);
INSERT INTO `memberships` VALUES (2,2,'member',1795704796666,1);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messages` (
  `room_id` bigint(20) NOT NULL,
  `seq` bigint(20) NOT NULL,
  `rev` bigint(20) NOT NULL,
  `sender_id` bigint(20) NOT NULL,
  `client_id` char(32) NOT NULL,
  `kind` varchar(20) NOT NULL,
  `body` text NOT NULL,
  `media_id` bigint(20) DEFAULT NULL,
  `reply_seq` bigint(20) DEFAULT NULL,
  `created` bigint(20) NOT NULL,
  `edited` bigint(20) DEFAULT NULL,
  `deleted` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`room_id`,`seq`),
  UNIQUE KEY `messages_by_client_id` (`sender_id`,`client_id`),
  KEY `messages_by_rev` (`room_id`,`rev`),
  KEY `messages_by_media` (`media_id`),
  CONSTRAINT `messages_media` FOREIGN KEY (`media_id`) REFERENCES `media` (`id`),
  CONSTRAINT `messages_room` FOREIGN KEY (`room_id`) REFERENCES `rooms` (`id`),
  CONSTRAINT `messages_sender` FOREIGN KEY (`sender_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messages` VALUES (1,1,4,1,'000000000000000000000000000003e9','text','Hello, everyone',NULL,NULL,1795704796635,NULL,NULL);
INSERT INTO `messages` VALUES (1,2,5,2,'000000000000000000000000000007d1','text','你好，世界',NULL,NULL,1795704796640,NULL,NULL);
INSERT INTO `messages` VALUES (1,3,6,3,'00000000000000000000000000000bb9','emoji','👍🎉',NULL,NULL,1795704796646,NULL,NULL);
INSERT INTO `messages` VALUES (1,4,8,2,'000000000000000000000000000007d2','text','The first words, corrected',NULL,NULL,1795704796651,1795704796656,NULL);
INSERT INTO `messages` VALUES (1,5,10,3,'00000000000000000000000000000bba','text','',NULL,NULL,1795704796659,NULL,1795704796663);
INSERT INTO `messages` VALUES (1,6,11,3,'00000000000000000000000000000bbb','text','Number 1',NULL,NULL,1795704796690,NULL,NULL);
INSERT INTO `messages` VALUES (1,7,12,3,'00000000000000000000000000000bbc','text','Number 2',NULL,NULL,1795704796694,NULL,NULL);
INSERT INTO `messages` VALUES (1,8,13,3,'00000000000000000000000000000bbd','text','Number 3',NULL,NULL,1795704796697,NULL,NULL);
INSERT INTO `messages` VALUES (1,9,14,3,'00000000000000000000000000000bbe','text','Number 4',NULL,NULL,1795704796700,NULL,NULL);
INSERT INTO `messages` VALUES (1,10,15,3,'00000000000000000000000000000bbf','text','Number 5',NULL,NULL,1795704796703,NULL,NULL);
INSERT INTO `messages` VALUES (1,11,16,3,'00000000000000000000000000000bc0','text','Number 6',NULL,NULL,1795704796706,NULL,NULL);
INSERT INTO `messages` VALUES (1,12,17,3,'00000000000000000000000000000bc1','text','Number 7',NULL,NULL,1795704796709,NULL,NULL);
INSERT INTO `messages` VALUES (1,13,18,3,'00000000000000000000000000000bc2','text','Number 8',NULL,NULL,1795704796712,NULL,NULL);
INSERT INTO `messages` VALUES (1,14,19,3,'00000000000000000000000000000bc3','text','Number 9',NULL,NULL,1795704796715,NULL,NULL);
INSERT INTO `messages` VALUES (1,15,20,3,'00000000000000000000000000000bc4','text','Number 10',NULL,NULL,1795704796718,NULL,NULL);
INSERT INTO `messages` VALUES (1,16,21,3,'00000000000000000000000000000bc5','text','Number 11',NULL,NULL,1795704796721,NULL,NULL);
INSERT INTO `messages` VALUES (1,17,22,3,'00000000000000000000000000000bc6','text','Number 12',NULL,NULL,1795704796725,NULL,NULL);
INSERT INTO `messages` VALUES (2,1,2,1,'000000000000000000000000000003ea','text','for Bob alone\nwith a second line',NULL,NULL,1795704796671,NULL,NULL);
INSERT INTO `messages` VALUES (2,2,3,1,'000000000000000000000000000003eb','image','look',2,NULL,1795704796682,NULL,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `rooms` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `kind` varchar(20) NOT NULL,
  `name` varchar(255) NOT NULL,
  `introduction` varchar(1000) NOT NULL DEFAULT '',
  `creator_id` bigint(20) DEFAULT NULL,
  `created` bigint(20) NOT NULL,
  `visibility` varchar(20) NOT NULL,
  `members` bigint(20) NOT NULL DEFAULT 0,
  `last_seq` bigint(20) NOT NULL DEFAULT 0,
  `last_rev` bigint(20) NOT NULL DEFAULT 0,
  `direct_key` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `direct_key` (`direct_key`),
  KEY `rooms_by_visibility` (`visibility`),
  KEY `rooms_creator` (`creator_id`),
  CONSTRAINT `rooms_creator` FOREIGN KEY (`creator_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `rooms` VALUES (1,'group','Lobby','',NULL,1795704791000,'default',3,17,22,NULL);
INSERT INTO `rooms` VALUES (2,'direct','','',1,1795704796666,'private',2,2,3,'1:2');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `server_state` (
  `name` varchar(50) NOT NULL,
  `value` bigint(20) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `server_state` VALUES ('revocations',0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `sessions` (
  `token_hash` binary(32) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `created` bigint(20) NOT NULL,
  `last_used` bigint(20) NOT NULL,
  `expires` bigint(20) NOT NULL,
  `agent` varchar(255) NOT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `sessions_by_user` (`user_id`),
  KEY `sessions_by_expires` (`expires`),
  CONSTRAINT `sessions_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `sessions` VALUES (0x7588A0485E0494A541F4CF818ABA1C8998BAD93C2E501C0B2635624165376BAD,3,1795704796585,1795704796585,1798296796585,'Python-urllib/3.11');
INSERT INTO `sessions` VALUES (0xFC95D8D252DD5AF2693BC058C08F5C21E33E68D38FAA0D14B2A5502C5E80C7A3,1,1795704796506,1795704796506,1798296796506,'Python-urllib/3.11');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `users` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(100) NOT NULL,
  `name_key` varchar(700) NOT NULL,
  `display_name` varchar(100) NOT NULL,
  `introduction` varchar(1000) NOT NULL DEFAULT '',
  `password` varchar(500) NOT NULL,
  `is_admin` tinyint(1) NOT NULL DEFAULT 0,
  `disabled` tinyint(1) NOT NULL DEFAULT 0,
  `created` bigint(20) NOT NULL,
  `avatar_id` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_key` (`name_key`),
  KEY `users_by_avatar` (`avatar_id`),
  CONSTRAINT `users_avatar` FOREIGN KEY (`avatar_id`) REFERENCES `media` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `users` VALUES (1,'ada','ada','Ada L.','counts on engines','$argon2id$v=19$m=19456,t=2,p=1$B4/MmzZyzY7KI+79K/nE5A$GZ59Q93gAGWAFmk/7Q2VM4Ys5q6q+gY4tWNlSMbt8bI',0,0,1795704796503,1);
INSERT INTO `users` VALUES (2,'Bob','bob','Bob','','$argon2id$v=19$m=19456,t=2,p=1$WX4g4BNav/gHIQDHk1ctaA$Clph3FeBSDgD+aR7vT7LBp0Fzr80KXnbSPkgnsgHbGs',0,0,1795704796546,NULL);
INSERT INTO `users` VALUES (3,'王小明','王小明','王小明','','$argon2id$v=19$m=19456,t=2,p=1$qe6tKsHi3dbgDhCFppf+nA$AvjI7rJX7VBzleQ+yADtkbin0NLq4jm5vbigiwJ4In4',0,0,1795704796583,NULL);
