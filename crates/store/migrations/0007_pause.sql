-- Until when a feed is paused because nearly all it sent was refused; 0 where it is not.
ALTER TABLE feeds ADD COLUMN paused_until BIGINT NOT NULL DEFAULT 0;
