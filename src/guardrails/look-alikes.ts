// Letters that look like Latin ones, and simplified characters with their traditional form: as many as the
// phrases looked for need. Source: Unicode confusables.txt (intentional and single-script rows), Unihan kTraditionalVariant.

const pairs = (shown: string, read: string): readonly (readonly [string, string])[] => {
  const letters = [...read]
  return [...shown].map((letter, i) => [letter, letters[i] as string] as const)
}

/** Cyrillic, Greek, small-capital and Cherokee letters that read as a Latin letter, in lower case. */
export const lookAlikes: readonly (readonly [string, string])[] = [
  ...pairs('аеорсухіјѕԁһӏԛԝҮүԍ', 'aeopcyxijsdhlqwyyg'),
  ...pairs('твкмн', 'tbkmh'),
  ...pairs('АВЕКМНОРСТХУІЈЅ', 'abekmhopctxyijs'),
  ...pairs('αοντρικυχϲϳ', 'aovtpikuxcj'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'abezhikmnoptyx'),
  ...pairs('ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ', 'abcdeghijklmnoprtuvwyz'),
  ...pairs('ɑɡıɩʟℓ', 'agiill'),
]

export const simplifiedToTraditional: readonly (readonly [string, string])[] = [
  ...pairs('视规则统词设输显执请记忆诉给内话语对话变换讯', '視規則統詞設輸顯執請記憶訴給內話語對話變換訊'),
  ...pairs(
    '这为从现没条约许开发员数据库译码转写复读说让将应该过滤审',
    '這為從現沒條約許開發員數據庫譯碼轉寫複讀說讓將應該過濾審',
  ),
  ...pairs(
    '扮戏剧隐藏还原权限级别解锁关闭启动项务顾问题标识处理实际',
    '扮戲劇隱藏還原權限級別解鎖關閉啟動項務顧問題標識處理實際',
  ),
  ...pairs(
    '无拟听觉护业样样个们来时间会后续从头书单图样经认证验',
    '無擬聽覺護業樣樣個們來時間會後續從頭書單圖樣經認證驗',
  ),
  ...pairs(
    '删废弃违导论评简历选择总结报当诚犯险坏骗贴帮张',
    '刪廢棄違導論評簡歷選擇總結報當誠犯險壞騙貼幫張',
  ),
  ...pairs('构脱狱约东鉴询质确错误击链网络连结继续尽达', '構脫獄約東鑑詢質確錯誤擊鏈網絡連結繼續盡達'),
]
